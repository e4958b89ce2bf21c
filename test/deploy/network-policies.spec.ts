import { describe, expect, it } from '@jest/globals';
import ipaddr from 'ipaddr.js';
import { METADATA_ADDRESSES } from '@app/targets';
import { readYaml } from './repository-files.js';

interface Policy {
  readonly spec: {
    readonly egress?: readonly Rule[];
  };
}

interface Rule {
  readonly to?: readonly { readonly ipBlock?: IpBlock }[];
  readonly ports?: readonly { readonly port: number | string }[];
}

interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

/** PostgreSQL and Redis: no metadata service listens there. */
const STORE_PORTS: readonly unknown[] = [5432, 6379];

/** What a pod may send to on other ports than those of the stores, as far as it is given by addresses. */
function blocksOf(file: string): IpBlock[] {
  const all = readYaml<Policy>(file).flatMap(({ spec }) => spec.egress ?? []);
  const rules = all.filter(({ ports }) => !ports?.every(({ port }) => STORE_PORTS.includes(port)));
  return rules.flatMap(({ to }) => to ?? []).flatMap(({ ipBlock }) => ipBlock ?? []);
}

function covers(cidr: string, address: string): boolean {
  const [network, parsed] = [ipaddr.parseCIDR(cidr), ipaddr.parse(address)];
  return network[0].kind() === parsed.kind() && parsed.match(network);
}

describe.each(['k8s/20-network-policy.yaml', 'kustomize/components/oidc/network-policy.yaml'])(
  '%s',
  (file) => {
    it.each([...METADATA_ADDRESSES])(
      'lets nobody reach %s, where a cloud hands out credentials',
      (address) => {
        const blocks = blocksOf(file).filter(({ cidr }) => covers(cidr, address));
        expect(blocks.length).toBeGreaterThan(0);
        for (const { except = [] } of blocks) expect(except.some((cidr) => covers(cidr, address))).toBe(true);
      },
    );
  },
);
