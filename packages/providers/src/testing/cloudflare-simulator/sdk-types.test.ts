import { describe, expect, it } from '@jest/globals';

import { SdkTypes } from './sdk-types.ts';

const types = new SdkTypes();
const batch = (body: unknown): string[] => types.faults('RecordBatchParams', 'Body param', body);
const list = (query: unknown): string[] => types.faults('RecordListParams', 'Query param', query);
const A = { name: 'www.example.com', type: 'A', ttl: 300, content: '192.0.2.1' };

describe('the types of the SDK', () => {
  it.each<[string, unknown, string[]]>([
    [
      'what is declared',
      { deletes: [{ id: 'x' }], patches: [{ ...A, id: 'x', proxied: true, comment: '', tags: ['a:b'] }], posts: [A] },
      [],
    ],
    [
      'structured data',
      { posts: [{ name: 'x', type: 'SRV', ttl: 1, data: { port: 1, priority: 0, target: 'y', weight: 0 } }] },
      [],
    ],
    ['a type whose declaration stands elsewhere', { posts: [{ name: 'x', type: 'OPENPGPKEY', ttl: 1, content: 'AAAA' }] }, []],
    ['nothing', {}, []],
    ['an operation that there is not', { upserts: [] }, ['body.upserts is not declared']],
    ['a path’s parameter in the body', { zone_id: 'x' }, ['body.zone_id is not declared']],
    ['no list', { posts: A }, ['body.posts is no list']],
    ['no id', { deletes: [{}] }, ['body.deletes[0].id is missing']],
    ['a patch without id', { patches: [A] }, ['body.patches[0].id is missing']],
    ['an id where a record is new', { posts: [{ ...A, id: 'x' }] }, ['body.posts[0].id is not declared']],
    ['no TTL', { posts: [{ name: 'x', type: 'A', content: '192.0.2.1' }] }, ['body.posts[0].ttl is missing']],
    ['a TTL in quotes', { posts: [{ ...A, ttl: '300' }] }, ['body.posts[0].ttl is no number']],
    ['a priority where there is none', { posts: [{ ...A, priority: 10 }] }, ['body.posts[0].priority is not declared']],
    [
      'a key of data that there is not',
      { posts: [{ name: 'x', type: 'CAA', ttl: 1, data: { flag: 0 } }] },
      ['body.posts[0].data.flag is not declared'],
    ],
    [
      'data of another type',
      { posts: [{ name: 'x', type: 'CAA', ttl: 1, data: { flags: '0' } }] },
      ['body.posts[0].data.flags is no number'],
    ],
    [
      'a direction that there is not',
      { posts: [{ name: 'x', type: 'LOC', ttl: 1, data: { lat_direction: 'E' } }] },
      ["body.posts[0].data.lat_direction is not 'N'"],
    ],
    ['tags that are no list', { posts: [{ ...A, tags: 'a:b' }] }, ['body.posts[0].tags is no list']],
    ['a type that there is not', { posts: [{ ...A, type: 'DNAME' }] }, ["body.posts[0].type is not 'A'"]],
  ])('judge %s in a batch', (_, body, faults) => {
    expect(batch(body)).toEqual(faults);
  });

  it.each<[string, unknown, string[]]>([
    ['what is asked for', { page: 1, per_page: 5000, order: 'name', direction: 'asc', name: { exact: 'www.example.com' } }, []],
    ['a filter that there is not', { name: { equals: 'x' } }, ['query.name.equals is not declared']],
    ['an order that there is not', { order: 'id' }, ["query.order is not 'type'"]],
    ['a direction that there is not', { direction: 'up' }, ["query.direction is not 'asc'"]],
    ['a page in words', { page: 'one' }, ['query.page is no number']],
  ])('judge %s in a listing', (_, query, faults) => {
    expect(list(query)).toEqual(faults);
  });
});
