import { describe, expect, it } from '@jest/globals';

import { hostsOfRule } from './rule-hosts.ts';

describe('the hosts of a Traefik rule', () => {
  it.each<[rule: string, hosts: readonly string[] | undefined]>([
    ['Host(`example.com`)', ['example.com']],
    ['Host("example.com")', ['example.com']],
    ['Host(`a.test`, `b.test`) && PathPrefix(`/api`)', ['a.test', 'b.test']],
    ['Host(`a.test`) || (Host(`b.test`) && Path(`/x`)) || Host(`a.test`)', ['a.test', 'b.test']],
    ['HostSNI(`a.test`)', ['a.test']],
    ['HostSNI(`*`)', []],
    ['HostHeader(`a.test`)', ['a.test']],
    ['HostRegexp(`^.+\\.test$`) || Host(`a.test`)', ['a.test']],
    ['!Host(`a.test`) && Host(`b.test`)', ['b.test']],
    ['!(Host(`a.test`) || !Host(`b.test`))', ['b.test']],
    ['Headers(`Host`, `a.test`)', []],
    ['PathPrefix(`/Host("x")`)', []],
    ['Query(`host=a.test`) && Host( `b.test` )', ['b.test']],
    ['', []],
    ['Host(`a.test`', undefined],
    ['Host(a.test)', undefined],
    ['`a.test`', undefined],
    ['Host(`a.test`))', undefined],
    ['a.test', undefined],
  ])('are taken out of %s', (rule, hosts) => {
    expect(hostsOfRule(rule)).toEqual(hosts);
  });
});
