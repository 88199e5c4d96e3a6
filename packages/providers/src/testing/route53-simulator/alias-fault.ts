import type { RecordSet } from './record-set.ts';

/** Some hosted zones of AWS's services, and what lies in them: written down apart from the provider's table, region us-east-1 and eu-west-1 alone. */
const SERVICE_ZONES: Readonly<Record<string, RegExp>> = {
  // Application and Classic Load Balancers, now and before 2016.
  Z35SXDOTRQ7X7K: /\.us-east-1\.elb\.amazonaws\.com\.$/,
  Z3DZXE0Q79N41H: /\.us-east-1\.elb\.amazonaws\.com\.$/,
  Z32O12XQLNTSW2: /\.eu-west-1\.elb\.amazonaws\.com\.$/,
  // Network Load Balancers.
  Z26RNL4JYFTOTI: /\.elb\.us-east-1\.amazonaws\.com\.$/,
  Z2IFOLAFXWLO4F: /\.elb\.eu-west-1\.amazonaws\.com\.$/,
  Z2FDTNDATAQYW2: /\.cloudfront\.net\.$/,
  Z2BJ6XQ5FK7U4H: /\.awsglobalaccelerator\.com\.$/,
  Z1UJRXOUMOOFQ8: /\.execute-api\.us-east-1\.amazonaws\.com\.$/,
  Z3AQBSTGFYJSTF: /^s3-website-us-east-1\.amazonaws\.com\.$/,
  Z1BKCTXD74EZPE: /^s3-website-eu-west-1\.amazonaws\.com\.$/,
  Z117KPS5GTRQ2G: /\.us-east-1\.elasticbeanstalk\.com\.$/,
  Z7HUB22UULQXV: /\.us-east-1\.vpce\.amazonaws\.com\.$/,
};

const CLOUDFRONT = 'Z2FDTNDATAQYW2';

/** Why an alias is refused, as far as its own zone need not be looked into (API Reference, AliasTarget). */
export function aliasFault(
  zone: { readonly id: string; readonly name: string; readonly isPrivate: boolean },
  { Type, Name, MultiValueAnswer }: RecordSet,
  { HostedZoneId, DNSName, EvaluateTargetHealth }: NonNullable<RecordSet['AliasTarget']>,
): string | undefined {
  const start = `Tried to create an alias that targets ${DNSName}, type ${Type} in zone ${HostedZoneId}`;
  if (HostedZoneId === zone.id)
    return `.${DNSName}`.endsWith(`.${zone.name}`)
      ? undefined
      : `${start}, but the alias target name does not lie within the target zone`;
  const names = SERVICE_ZONES[HostedZoneId];
  if (names === undefined) return `${start}, but that zone is not one of AWS's`;
  if (!names.test(DNSName)) return `${start}, but the alias target name does not lie within the target zone`;
  if (MultiValueAnswer === true)
    return `RRSet with DNS name ${Name}, type ${Type} is an alias, which multivalue answer does not support`;
  if (HostedZoneId === CLOUDFRONT && EvaluateTargetHealth)
    return `EvaluateTargetHealth is not supported for the alias target ${DNSName}`;
  if (HostedZoneId === CLOUDFRONT && zone.isPrivate) return `${start}, but CloudFront is no target in a private zone`;
  return undefined;
}
