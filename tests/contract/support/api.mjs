// Calls the server the way a client does, and holds every answer against docs/openapi.yaml.

import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { findings, operationOf } from './document.mjs';
import { send } from './http.mjs';
import { paths } from './paths.mjs';

// What each test file has called, for coverage.mjs.
mkdirSync(paths.coverage, { recursive: true });
const diary = path.join(paths.coverage, `${path.basename(process.argv[1] ?? 'unknown', '.mjs')}.jsonl`);
rmSync(diary, { force: true });

export function note(method, target, status) {
  const operation = operationOf(method, target);
  if (operation) appendFileSync(diary, `${JSON.stringify({ operation: operation.id, status })}\n`);
}

function encoded({ json, form, body }, headers) {
  if (json !== undefined) {
    headers['content-type'] ??= 'application/json';
    return Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  }
  if (form !== undefined) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded';
    return Buffer.from(new URLSearchParams(form).toString());
  }
  return body === undefined ? undefined : Buffer.from(body);
}

function parsed(answer) {
  if (!(answer.headers['content-type'] ?? '').includes('json') || answer.text === '') return undefined;
  return JSON.parse(answer.text);
}

export class Api {
  constructor(server) {
    this.server = server;
  }

  /**
   * `target` is a path as the document has it (`/events`), which is asked for under /api, or a full one (`/health`,
   * `/api/v1/events`). `expect` is the status that must come, or a list of those that may. Options: json, form, body, token, headers, language, key
   * (Idempotency-Key), testCode, raw (do not compare with the document). Resolves to {status, headers, body, text, raw}.
   */
  async call(expect, method, target, options = {}) {
    const headers = Object.fromEntries(Object.entries(options.headers ?? {}).map(([k, v]) => [k.toLowerCase(), v]));
    if (options.token) headers.authorization = `Bearer ${options.token.token ?? options.token}`;
    if (options.language) headers['accept-language'] = options.language;
    if (options.key) headers['idempotency-key'] = options.key;
    if (options.testCode) headers['tosspayments-test-code'] = options.testCode;
    const body = encoded(options, headers);
    if (body !== undefined) headers['content-length'] = body.length;
    else if (method !== 'GET' && method !== 'HEAD') headers['content-length'] = 0;
    const full = isRoot(target) ? target : `/api${target}`;
    const answer = await send(this.server.base, { method, target: full, headers, body });
    answer.body = method === 'HEAD' ? undefined : parsed(answer);
    const asked = `${method} ${full}${options.json === undefined ? '' : ` ${JSON.stringify(options.json).slice(0, 300)}`}`;
    assert.ok(
      [expect].flat().includes(answer.status),
      `${asked}\nexpected ${expect}, got ${answer.status}: ${answer.text.slice(0, 600)}`,
    );
    if (!options.raw && method !== 'HEAD' && method !== 'OPTIONS') {
      const wrong = findings(method, full, answer);
      if (wrong.length > 0) assert.fail([asked, ...wrong.slice(0, 8), answer.text.slice(0, 600)].join('\n'));
      note(method, full, answer.status);
    }
    return answer;
  }

  /** The body of an answer that must succeed with that status. */
  async get(target, options) {
    return (await this.call(200, 'GET', target, options)).body;
  }
  async post(expect, target, options) {
    return (await this.call(expect, 'POST', target, options)).body;
  }

  /** A refusal with that status and code, in Korean and in English; resolves to the Korean problem. */
  async refused(expect, code, method, target, options = {}) {
    const { body } = await this.call(expect, method, target, options);
    assert.equal(body.code, code, JSON.stringify(body));
    assert.match(body.detail, /[가-힣]/, 'Korean by default');
    return body;
  }
}

const rootPaths = ['/api/', '/health', '/metrics', '/openapi.yaml', '/api-docs', '/.well-known/', '/sandbox/'];
function isRoot(target) {
  return rootPaths.some((each) => target.startsWith(each)) || target === '/api' || target === '/' || target === '*';
}
