import type { SampleName } from './sample-objects.ts';

/** A template, an object, and what is written. */
export interface TemplateCase {
  readonly template: string;
  readonly object: SampleName;
  /** @default service */
  readonly source?: string;
  readonly expected: string;
  /** Why Go does not do the same. */
  readonly unlikeGo?: string;
}

const ZERO = 'a mapping without the key gives <no value> in Go, which is nobody’s name';
const STRICT = 'Go refuses to take a part of nothing';
const OURS = 'external-dns has no such function';

/** Of external-dns: docs/advanced/fqdn-templating.md, docs/sources/unstructured.md, and the templates of its tests. */
const EXTERNAL_DNS: readonly TemplateCase[] = [
  { template: '{{.Name}}.example.com', object: 'service', expected: 'web.example.com' },
  { template: '{{ .Name }}.{{ .Namespace }}.example.com', object: 'service', expected: 'web.shop.example.com' },
  { template: '{{.Name}}.fqdn.org,{{.Name}}.fqdn.com', object: 'service', expected: 'web.fqdn.org,web.fqdn.com' },
  { template: '{{ .Kind }}.{{ .APIVersion }}', object: 'ingress', expected: 'Ingress.networking.k8s.io/v1' },
  { template: '{{.Kind | toLower}}.{{.Name}}.example.com', object: 'service', expected: 'service.web.example.com' },
  { template: '{{.Name}}.{{replace "/" "." .APIVersion}}', object: 'ingress', expected: 'shop.networking.k8s.io.v1' },
  { template: '{{ .Labels.environment }}.{{ .Name }}.example.com', object: 'service', expected: 'staging.web.example.com' },
  {
    template: '{{ index .ObjectMeta.Annotations "dns.company.com/label" }}.{{ .Namespace }}.company.local',
    object: 'service',
    expected: 'my-org-tld-v2.shop.company.local',
  },
  { template: '{{ or .Annotations.dns "invalid" }}.example.com', object: 'service', expected: 'invalid.example.com' },
  { template: '{{ toLower .Annotations.hostname }}.example.com', object: 'service', expected: 'shop.example.com' },
  {
    template: '{{ if eq .Kind "Service" }}{{ .Name }}.svc{{ end }}{{ if eq .Kind "Pod" }}{{ .Name }}.pod{{ end }}',
    object: 'service',
    expected: 'web.svc',
  },
  { template: '{{ if eq .Kind "Service" }}{{ .Name }}.svc{{ end }}', object: 'pod', expected: '' },
  {
    template: '{{ if isSource "traefik-proxy" }}{{ .Name }}.proxy{{ end }}{{ if isSource "Service" }}{{ .Name }}.svc{{ end }}',
    object: 'service',
    expected: 'web.svc',
  },
  {
    template:
      '{{ if eq .Kind "Service" }}{{ if eq .Spec.Type "ExternalName" }}{{ .Name }}.external{{ else }}{{.Spec.Type}}{{ end }}{{ end }}',
    object: 'service',
    expected: 'NodePort',
  },
  {
    template: '{{ if index .Spec.Selector "app" }}{{ .Name }}.{{ index .Spec.Selector "app" }}.example.com{{ end }}',
    object: 'service',
    expected: 'web.nginx.example.com',
  },
  { template: '{{ if index .Spec.Selector "app" }}{{ .Name }}.example.com{{ end }}', object: 'bare', expected: '' },
  {
    template:
      '{{ range $key, $value := .Labels }}{{ if contains $key "app" }}{{ $.Name }}.{{ $value }}.example.com{{ printf "," }}{{ end }}{{ end }}',
    object: 'service',
    expected: 'web.nginx.example.com,web.web-1.example.com,',
  },
  {
    template:
      '{{ range $k, $v := .Annotations }}{{ if and (contains $k "dns/") (contains $v "example.com") }}{{ $v }}{{ printf "," }}{{ end }}{{ end }}',
    object: 'service',
    expected: 'api.example.com,api-backup.example.com,',
  },
  {
    template:
      '{{ range $k, $v := .Labels }}{{ if and (contains $k "app") (contains $v "my-service-") }}{{ $.Name }}.{{ $v }}.example.com{{ printf "," }}{{ end }}{{ end }}',
    object: 'pod',
    expected: 'pod-1.my-service-123.example.com,',
  },
  {
    template:
      '{{ .Name }}.{{ .Labels.env }}.{{ .Labels.region }}.example.com, {{ if eq .Labels.env "prod" }}{{ .Name }}.my-company.tld{{ end }}',
    object: 'service',
    expected: 'web.prod.us-east-1.example.com, web.my-company.tld',
  },
  {
    template:
      '{{range .Status.Addresses}}{{if and (eq .Type "ExternalIP") (isIPv4 .Address)}}{{.Address | replace "." "-"}}{{break}}{{end}}{{end}}.example.com',
    object: 'node',
    expected: '203-0-113-10.example.com',
  },
  {
    template:
      '{{ $name := .Name }}{{ range .Status.Addresses }}{{if (isIPv6 .Address)}}{{ $name }}.ipv6{{ break }}{{ end }}{{ end }}.example.com',
    object: 'node',
    expected: 'n1.ipv6.example.com',
  },
  {
    template: '{{ if eq .Kind "Node" }}{{.Name}}.{{.Status.NodeInfo.Architecture}}.node.tld{{ end }}',
    object: 'node',
    expected: 'n1.amd64.node.tld',
  },
  {
    template: '{{ .Name }}.{{ index .ObjectMeta.Labels "topology.kubernetes.io/region" }}.domain.tld',
    object: 'node',
    expected: 'n1.eu-west-1.domain.tld',
  },
  {
    template: '{{ if hasKey .Labels "app" }}{{ .Name }}.{{ index .Labels "app" }}.example.com{{ end }}',
    object: 'service',
    expected: 'web.nginx.example.com',
  },
  { template: '{{ if hasKey .Labels "app" }}x{{ else }}none{{ end }}', object: 'bare', expected: 'none' },
  {
    template: '{{if hasKey .Labels "service.kubernetes.io/headless"}}{{ .Name }}{{end}}',
    object: 'slice',
    expected: 'test-abc12',
  },
  {
    template:
      '{{ if hasKey .Labels "records" }}{{ range $entry := (index .Labels "records" | fromJson) }}{{ index $entry "dns" }},{{ end }}{{ end }}',
    object: 'records',
    expected: 'entry1.internal.tld,entry2.example.tld,',
  },
  {
    template:
      '{{ $annotations := .ObjectMeta.Annotations }}{{ .Name }}{{ if eq (.Spec.TrafficDistribution | printf) "PreferSameZone" }}.zone.{{ index $annotations "hostname" }}{{ else }}.close{{ end }}.example.tld',
    object: 'service',
    expected: 'web.zone.Shop.example.tld',
  },
  {
    template:
      '{{ $name := .Name }}{{ range .Spec.Ports -}}{{ $name }}{{ if eq .Name "http2" }}.http2{{ else if eq .Name "debug" }}.debug{{ end }}.example.tld.{{printf "," }}{{ end }}',
    object: 'service',
    expected: 'web.example.tld.,web.debug.example.tld.,',
  },
  {
    template: '{{ if eq .Spec.Type "NodePort" }}{{ range .Spec.Ports }}{{ .Name }}.host.tld{{printf "," }}{{end}}{{ end }}',
    object: 'service',
    expected: 'http.host.tld,debug.host.tld,',
  },
  {
    template:
      '{{ .Name }}.test.org,{{ range .Spec.TLS }}{{ range $value := .Hosts }}{{ $value | replace "." "-" }}.internal{{break}}{{end}}{{end}}',
    object: 'ingress',
    expected: 'shop.test.org,www-bar-com.internal',
  },
  {
    template: '{{ range .Spec.Rules }}{{ if contains .Host "bar.com" }}{{ .Host }}.internal{{break}}{{end}}{{end}}',
    object: 'ingress',
    expected: 'www.bar.com.internal',
  },
  {
    template: '{{ range .Status.LoadBalancer.Ingress }}{{ if contains .Hostname "nip.io" }}tld.org{{break}}{{end}}{{end}}',
    object: 'service',
    expected: 'tld.org',
  },
  { template: '{{.Name}}.{{.Spec.IngressClassName}}', object: 'ingress', expected: 'shop.public' },
  { template: '{{ trimPrefix .Name "my-" }}.{{ trimSuffix .Name "-1" }}', object: 'rancherNode', expected: 'node-1.my-node' },
  {
    template: '{{"hello.world" | replace "." "-"}}.ext-dns.test.com',
    object: 'service',
    expected: 'hello-world.ext-dns.test.com',
  },
  { template: '{{if isIPv4 "not.an.ip.addr"}}valid{{else}}invalid{{end}}', object: 'service', expected: 'invalid' },
  { template: '{{if isIPv6 "2001:db8::1"}}valid{{else}}invalid{{end}}', object: 'service', expected: 'valid' },
  {
    template: '{{ define "zone" }}example.com{{ end }}{{.Name}}.{{ template "zone" }}',
    object: 'service',
    expected: 'web.example.com',
  },
  { template: '  {{ trim .Name}}.example.com. ', object: 'service', expected: '  web.example.com. ' },
  { template: '{{index .Object.data "hostname"}}', object: 'configMap', expected: 'api.example.com' },
  {
    template: '{{index .Data "hostname"}}',
    object: 'configMap',
    expected: 'api.example.com',
    unlikeGo: 'of a ConfigMap external-dns has .Object.data only',
  },
  {
    template:
      '{{if eq .Kind "ConfigMap"}}{{$url := index .Object.data "default.export-bucket-url"}}{{trimSuffix (trimPrefix $url "https://") "/"}}{{end}}',
    object: 'configMap',
    expected: 'bucket.s3.amazonaws.com',
  },
  { template: '{{index .Annotations "external-dns.kubernetes.io/hostname"}}', object: 'pool', expected: 'lb.example.com' },
  {
    template: '{{$addr := index .Spec.addresses 0}}{{if contains $addr "/32"}}{{trimSuffix $addr "/32"}}{{else}}{{$addr}}{{end}}',
    object: 'pool',
    expected: '192.168.10.11',
  },
  { template: '{{index .Spec.dnsNames 0}}', object: 'certificate', expected: 'my-app.example.com' },
  {
    template: '{{index .Spec.DNSNames 1}}',
    object: 'certificate',
    expected: 'www.my-app.example.com',
    unlikeGo: 'external-dns adds this spelling by itself',
  },
  { template: '{{(index .Status.internalNodeStatus.addresses 0).address}}', object: 'rancherNode', expected: '203.0.113.10' },
  {
    template: '{{.Metadata.name}}.{{.Metadata.namespace}}.example.com',
    object: 'rancherNode',
    expected: 'my-node-1.cattle-system.example.com',
  },
  {
    template:
      '{{if and (eq .Kind "EndpointSlice") (hasKey .Labels "service.kubernetes.io/headless")}}{{range $ep := .Object.endpoints}}{{if $ep.conditions.ready}}{{range $ep.addresses}}{{$ep.targetRef.name}}.pod.com:{{.}},{{end}}{{end}}{{end}}{{end}}',
    object: 'slice',
    expected: 'app-abc12.pod.com:10.244.1.2,app-def34.pod.com:10.244.2.3,app-def34.pod.com:10.244.2.4,',
  },
  {
    template:
      '{{ range $server := .Spec.Servers }}{{ range $host := $server.Hosts }}{{ $host }}.{{ $server.Port.Name }}.{{ $server.Port.Number }},{{ end }}{{ end }}',
    object: 'istioGateway',
    expected: 'shop/bookinfo.example.com.https.443,*.apps.example.com.https.443,bookinfo.example.com.http.80,',
    unlikeGo: 'external-dns has structs for Istio, which are not in this comparison',
  },
];

/** Of Mate: its README's template, with the function that it adds. */
const MATE: readonly TemplateCase[] = [
  { template: '{{.Namespace}}-{{.Name}}.example.com', object: 'service', expected: 'shop-web.example.com' },
  {
    template: '{{ trimPrefix .Name "my-" }}.{{.Namespace}}.example.com',
    object: 'records',
    expected: 'service.default.example.com',
  },
];

/** Go's language: what its documentation (pkg.go.dev/text/template) says. */
const LANGUAGE: readonly TemplateCase[] = [
  { template: '{{23 -}} < {{- 45}}', object: 'bare', expected: '23<45' },
  { template: 'a {{- /* a comment */ -}} b{{/* and\none more */}}', object: 'bare', expected: 'ab' },
  { template: '{{"output"}} {{`raw\\n`}} {{printf "%q" "output"}}', object: 'bare', expected: 'output raw\\n "output"' },
  { template: '{{"put" | printf "%s%s" "out" | printf "%q"}}', object: 'bare', expected: '"output"' },
  { template: '{{with "output"}}{{printf "%q" .}}{{end}}', object: 'bare', expected: '"output"' },
  { template: '{{with $x := "output" | printf "%q"}}{{$x}}{{end}}', object: 'bare', expected: '"output"' },
  { template: '{{with .Spec.ExternalName}}a{{else with .Name}}{{.}}{{else}}c{{end}}', object: 'bare', expected: 'bare' },
  { template: '{{if false}}a{{else if 0}}b{{else if ""}}c{{else}}d{{end}}', object: 'bare', expected: 'd' },
  { template: '{{range .Spec.Ports}}{{.Port}}{{else}}none{{end}}', object: 'bare', expected: 'none' },
  {
    template: '{{range $i, $p := .Spec.Ports}}{{if $i}},{{end}}{{$i}}={{$p.Port}}{{end}}',
    object: 'service',
    expected: '0=80,1=8080',
  },
  {
    template: '{{range $p := .Spec.Ports}}{{if eq $p.Name "http"}}{{continue}}{{end}}{{.Name}}{{end}}',
    object: 'service',
    expected: 'debug',
  },
  { template: '{{$n := 0}}{{range .Spec.Ports}}{{$n = .Port}}{{end}}{{$n}}', object: 'service', expected: '8080' },
  { template: '{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}', object: 'bare', expected: '01201' },
  { template: '{{$x := "a"}}{{if true}}{{$x := "b"}}{{$x}}{{end}}{{$x}}', object: 'bare', expected: 'ba' },
  { template: '{{$x := "a"}}{{if true}}{{$x = "b"}}{{$x}}{{end}}{{$x}}', object: 'bare', expected: 'bb' },
  {
    template: '{{define "t"}}[{{.}}{{$}}]{{end}}{{template "t" .Name}}{{template "t" "x"}}',
    object: 'bare',
    expected: '[barebare][xx]',
  },
  { template: '{{block "t" .Name}}<{{.}}>{{end}}', object: 'bare', expected: '<bare>' },
  {
    template: '{{index .Spec.ClusterIPs 1}} {{len .Spec.ClusterIPs}} {{len .Name}} {{slice .Name 1 3}}',
    object: 'service',
    expected: 'fd00::10 2 3 eb',
  },
  {
    template: '{{eq "a" "b" "a"}} {{ne 1 2}} {{lt "a" "b"}} {{le 2 2}} {{gt 1 2}} {{ge 1.5 1.5}}',
    object: 'bare',
    expected: 'true true true true false true',
  },
  { template: '{{and 1 "" "x"}}|{{or "" 0 "x" "y"}}|{{not ""}}|{{and true .Name}}', object: 'bare', expected: '|x|true|bare' },
  {
    template: '{{.Spec.ExternalIPs}} {{.Spec.Selector}} {{.Spec.Ports | len}}',
    object: 'service',
    expected: '[192.0.2.1 2001:db8::1] map[app:nginx tier:frontend] 2',
  },
  { template: '{{print 1 2 "a" 3 true}} {{println "x" 1}}', object: 'bare', expected: '1 2a3 true x 1\n' },
  {
    template: '{{printf "%5d|%-5s|%05d|%.2f|%x|%X|%+d|%t|%v|%%|%.2s" 42 "ab" 42 3.14159 "hi" 255 7 true "z" "abc"}}',
    object: 'bare',
    expected: '   42|ab   |00042|3.14|6869|FF|+7|true|z|%|ab',
  },
  {
    template: "{{0x1F}} {{0b101}} {{0o17}} {{017}} {{1_000}} {{'a'}} {{1e3}} {{-5}} {{.5}} {{1.50}}",
    object: 'bare',
    expected: '31 5 15 15 1000 97 1000 -5 0.5 1.5',
  },
  { template: '{{"\\u00e9\\t\\x41\\101\\U0001F600\\\\"}}', object: 'bare', expected: 'é\tAA😀\\' },
  { template: '{{(printf "%s" .Name) | len}}{{(.Spec).Type}}', object: 'service', expected: '3NodePort' },
  { template: '{{$.Name}}{{with .Spec}}{{$.Name}}{{.Type}}{{end}}', object: 'service', expected: 'webwebNodePort' },
  { template: '{{if\n .Name\n}}x{{\nend}}', object: 'bare', expected: 'x' },
  { template: 'a}}b{ {c', object: 'bare', expected: 'a}}b{ {c' },
  { template: '{{.Spec.isCA}} {{.Spec.duration}} {{.Spec.ratio}}', object: 'certificate', expected: 'false 90 1.5' },
  { template: '{{replace "" "-" "abc"}}{{replace "a" "$&" "aa"}}', object: 'bare', expected: '-a-b-c-$&$&' },
  { template: '{{trim " \u00a0\u2003x\u0085 "}}|', object: 'bare', expected: 'x|' },
];

/** Where this language does more than Go's, or something else on purpose. */
const OWN: readonly TemplateCase[] = [
  {
    template: '{{.Spec.externalName}}|{{.Spec.clusterIP}}',
    object: 'service',
    expected: '|10.96.0.10',
    unlikeGo: 'JSON’s names on a struct: external-dns renders again for them',
  },
  {
    template: '{{.spec.type}} {{.metadata.name}} {{.apiVersion}}',
    object: 'service',
    expected: 'NodePort web v1',
    unlikeGo: 'JSON’s names',
  },
  {
    template: '{{.GetName}}.{{.GetNamespace}}',
    object: 'service',
    expected: 'web.shop',
    unlikeGo: 'methods of Kubernetes’ structs, which are not in this comparison',
  },
  { template: '{{.Labels.none}}.{{.Spec.none}}', object: 'certificate', expected: '.', unlikeGo: ZERO },
  { template: '{{.Status.loadBalancer.ingress}}', object: 'certificate', expected: '', unlikeGo: STRICT },
  {
    template: '{{range .Spec.none}}x{{end}}{{.Labels.App}}',
    object: 'service',
    expected: '',
    unlikeGo: 'Go refuses a field that the struct lacks',
  },
  {
    template: '{{eq .Spec.none ""}} {{lt .Spec.none 1}} {{.Spec.none | toLower}}',
    object: 'certificate',
    expected: 'true true ',
    unlikeGo: STRICT,
  },
  {
    template: '{{printf "%f %d" 1 .Spec.none}}',
    object: 'certificate',
    expected: '1.000000 0',
    unlikeGo: 'Go writes its complaint into the text',
  },
  { template: '{{index (fromJson "[10000000]") 0}}', object: 'bare', expected: '10000000', unlikeGo: 'Go writes 1e+07' },
  {
    template: '{{range .Spec.routes}}{{hosts .match | join ","}},{{end}}',
    object: 'ingressRoute',
    expected: 'shop.example.com,www.example.com,example.com,shop.example.com,,',
    unlikeGo: OURS,
  },
  { template: '{{join "," .Spec.hosts}}', object: 'virtualService', expected: 'reviews.example.com,reviews', unlikeGo: OURS },
  {
    template: '{{.Spec.virtualhost.fqdn}} {{.Spec.VirtualHost.FQDN}}',
    object: 'httpProxy',
    expected: 'contour.example.com contour.example.com',
    unlikeGo: 'external-dns has structs for Contour, which are not in this comparison',
  },
  {
    template: '{{if isSource "unstructured"}}a{{end}}{{if isSource "resource"}}b{{end}}',
    object: 'pool',
    source: 'resource',
    expected: 'ab',
    unlikeGo: 'our name beside external-dns’s',
  },
  {
    template: '{{range .Spec.Servers}}{{range .Hosts}}{{after "/" .}},{{end}}{{end}}',
    object: 'istioGateway',
    expected: 'bookinfo.example.com,*.apps.example.com,bookinfo.example.com,',
    unlikeGo: OURS,
  },
];

export const TEMPLATE_CASES: readonly TemplateCase[] = [...EXTERNAL_DNS, ...MATE, ...LANGUAGE, ...OWN];
