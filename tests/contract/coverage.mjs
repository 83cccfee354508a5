// Runs after all other files: every operation of docs/openapi.yaml was called with success by one of them.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { operations } from './support/document.mjs';
import { paths } from './support/paths.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const isOurs = (diary) => existsSync(path.join(here, diary.replace(/\.jsonl$/, '.mjs')));
const diaries = existsSync(paths.coverage) ? readdirSync(paths.coverage).filter(isOurs) : [];
const calls = diaries.flatMap((each) =>
  readFileSync(path.join(paths.coverage, each), 'utf8')
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line)),
);

describe('the contract tests', { skip: calls.length === 0 && 'no other file was run before' }, () => {
  it('have called every operation with success', () => {
    const done = new Set(calls.filter((each) => each.status < 400).map((each) => each.operation));
    const missing = operations.filter((each) => !done.has(each.id)).map((each) => `${each.method} ${each.path}`);
    assert.deepEqual(missing, []);
  });

  it('have seen every documented status but 503', () => {
    const seen = new Set(calls.map((each) => `${each.operation} ${each.status}`));
    const missing = operations.flatMap((each) =>
      Object.keys(each.operation.responses)
        .filter((status) => status !== '503' && !seen.has(`${each.id} ${status}`))
        .map((status) => `${each.method} ${each.path} ${status}`),
    );
    assert.deepEqual(missing, []);
  });
});
