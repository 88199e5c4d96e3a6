import { describe, expect, it } from '@jest/globals';
import { nameOf } from '@kubezone/core';

import { aliasService, currentZoneId } from './alias-service.ts';
import * as tables from './alias-zones.ts';

const WWW = nameOf('www.example.com');

describe('the table of canonical hosted zones', () => {
  it.each([
    // docs.aws.amazon.com/general/latest/gr/elb.html
    ['k8s-web-1234567890.us-east-1.elb.amazonaws.com', 'Z35SXDOTRQ7X7K', true],
    ['dualstack.web-1234567890.eu-central-1.elb.amazonaws.com', 'Z215JYRZR1TBD5', true],
    ['internal-web-1.us-gov-west-1.elb.amazonaws.com', 'Z33AYJ8TM3BH4J', true],
    ['web-1.cn-north-1.elb.amazonaws.com.cn', 'Z1GDH35T77C1KE', true],
    ['lb-0123456789abcdef.elb.us-east-1.amazonaws.com', 'Z26RNL4JYFTOTI', true],
    ['lb-0123456789abcdef.elb.eu-west-3.amazonaws.com', 'Z1CMS0P5QUZ6D5', true],
    ['lb-1.elb.cn-northwest-1.amazonaws.com.cn', 'ZQEIKTCZ8352D', true],
    // docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
    ['d111111abcdef8.cloudfront.net', 'Z2FDTNDATAQYW2', true],
    ['a1234567890abcdef.awsglobalaccelerator.com', 'Z2BJ6XQ5FK7U4H', true],
    // docs.aws.amazon.com/general/latest/gr/{apigateway,elasticbeanstalk,s3}.html
    ['d-abcdef.execute-api.us-west-2.amazonaws.com', 'Z2OJLYMUO9EFXC', true],
    ['env.us-east-2.elasticbeanstalk.com', 'Z14LCN19Q5QHIC', false],
    ['s3-website-us-east-1.amazonaws.com', 'Z3AQBSTGFYJSTF', false],
    ['s3-website.eu-central-1.amazonaws.com', 'Z21DNDUVLTQW6Q', false],
    ['vpce-1-abc.vpce-svc-1.us-east-1.vpce.amazonaws.com', 'Z7HUB22UULQXV', false],
  ])('knows %s', (target, zoneId, ipv6) => {
    expect(aliasService(WWW, nameOf(target))).toMatchObject({ name: `${target}.`, zoneId, ipv6 });
  });

  it.each([
    'lb.example.net',
    'elb.amazonaws.com',
    'us-east-1.elb.amazonaws.com',
    'web-1.us-nowhere-9.elb.amazonaws.com',
    'web-1.us-east-1.elb.amazonaws.com.evil.example',
    'notcloudfront.net',
    'cloudfront.net',
    's3-website.af-south-1.amazonaws.com',
    'env.elasticbeanstalk.com',
    'bucket.s3.us-east-1.amazonaws.com',
  ])('does not know %s', (target) => {
    expect(aliasService(WWW, nameOf(target))).toBeUndefined();
  });

  it('makes an alias to a website of S3 only where the bucket has the name, and to its region then', () => {
    expect(aliasService(WWW, nameOf('www.example.com.s3-website-us-east-1.amazonaws.com'))).toMatchObject({
      name: 's3-website-us-east-1.amazonaws.com.',
      zoneId: 'Z3AQBSTGFYJSTF',
    });
    expect(aliasService(WWW, nameOf('other.s3-website-us-east-1.amazonaws.com'))).toBeUndefined();
  });

  it('asks for the health of no target at CloudFront', () => {
    expect(aliasService(WWW, nameOf('d1.cloudfront.net'))).toMatchObject({ health: false, inPrivateZones: false });
    expect(aliasService(WWW, nameOf('w.us-east-1.elb.amazonaws.com'))).toMatchObject({ health: true, inPrivateZones: true });
  });

  it('takes the zones of load balancers before 2016 for those of today', () => {
    expect(currentZoneId('Z3DZXE0Q79N41H')).toBe('Z35SXDOTRQ7X7K');
    expect(currentZoneId('Z3NF1Z3NOM5OY2')).toBe('Z32O12XQLNTSW2');
    expect(currentZoneId('ZEXAMPLE')).toBe('ZEXAMPLE');
  });

  it('has each zone once, and nothing but zone ids', () => {
    const all = Object.values(tables).flatMap((table) => (typeof table === 'string' ? [table] : Object.values(table)));
    expect(all.filter((id) => !/^Z[A-Z0-9]{11,20}$/.test(id))).toEqual([]);
    expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
  });
});
