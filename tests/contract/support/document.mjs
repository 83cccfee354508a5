// docs/openapi.yaml as something that answers can be held against.

import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

import { paths } from './paths.mjs';

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** What may be answered anywhere; a test has to expect it to get away with it. */
const anywhere = new Set([400, 404, 405, 408, 409, 413, 414, 417, 422, 431, 500, 501, 503, 505, 507]);

const problemType = 'application/problem+json';

export const source = readFileSync(paths.openapi, 'utf8');
export const document = parse(source, { maxAliasCount: -1 });

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(document, 'openapi');

function resolved(node) {
  if (node === undefined || node.$ref === undefined) return node;
  return resolved(
    node.$ref
      .slice(2)
      .split('/')
      .reduce((at, key) => at[key.replace(/~1/g, '/')], document),
  );
}

function pattern(template) {
  const text = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '([^/]+)');
  return new RegExp(`^${text}$`);
}

/** Every operation: {id, method, path, root, security, tags, operation, parameters}. */
export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  methods
    .filter((method) => item[method])
    .map((method) => {
      const operation = item[method];
      const security = operation.security ?? document.security;
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        root: item.servers?.[0].url === '/',
        access: security.length === 0 ? 'anyone' : security[0].bearer.includes('admin') ? 'admin' : 'user',
        operation,
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolved),
        matcher: pattern(path),
        variables: (path.match(/\{/g) ?? []).length,
      };
    }),
);

/** The operation that a request is, words before variables; undefined if the document has none. */
export function operationOf(method, target) {
  const path = target.split('?')[0];
  const prefix = ['/api/v1', '/api'].find((each) => path === each || path.startsWith(`${each}/`));
  const rest = prefix ? path.slice(prefix.length) : path;
  return operations
    .filter((each) => each.method === method && each.root === (prefix === undefined) && each.matcher.test(rest))
    .sort((a, b) => a.variables - b.variables)[0];
}

const compiled = new Map();

function check(schema, value, what) {
  if (schema === undefined) return [];
  let validate = compiled.get(schema);
  if (!validate) {
    // References inside resolve against the whole document.
    validate = ajv.compile(withBase(schema));
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return validate.errors.map(
    (error) => `${what}${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`,
  );
}

function withBase(node) {
  if (Array.isArray(node)) return node.map(withBase);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#/') ? `openapi${value}` : withBase(value),
    ]),
  );
}

function mediaOf(response, type) {
  return Object.entries(response.content ?? {}).find(([each]) => each === type)?.[1];
}

function checkBody(answer, response, what) {
  const type = (answer.headers['content-type'] ?? '').split(';')[0];
  if (response.content === undefined)
    return answer.raw.length === 0 ? [] : [`${what} has a body that is not documented`];
  const media = mediaOf(response, type);
  if (!media)
    return [`${what} is ${type || 'without a type'}, documented: ${Object.keys(response.content).join(', ')}`];
  return type.endsWith('json') ? check(media.schema, answer.body, 'body') : [];
}

function checkHeaders(answer, response) {
  const out = [];
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const header = resolved(reference);
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined && header.required) out.push(`header ${name} is missing`);
    if (value !== undefined) out.push(...check(header.schema, value, `header ${name} `));
  }
  return out;
}

const problemSchema = document.components.schemas.Problem;

/** What every refusal must be, documented or not. */
export function checkProblem(answer) {
  const out = [];
  const type = (answer.headers['content-type'] ?? '').split(';')[0];
  if (type !== problemType) return [`a ${answer.status} is ${type}, not ${problemType}`];
  out.push(...check(problemSchema, answer.body, 'body'));
  const { status, detail, error, message } = answer.body ?? {};
  if (status !== answer.status) out.push(`status in the body is ${status}`);
  if (error !== detail || message !== detail) out.push('error, message and detail differ');
  if (/sql|select |insert |sqlite|postgres|exception|\/src\//i.test(detail ?? ''))
    out.push(`tells of its insides: ${detail}`);
  return out;
}

/** Everything that is wrong with an answer, as sentences. */
export function findings(method, target, answer) {
  const operation = operationOf(method, target);
  const what = `${method} ${target} → ${answer.status}`;
  const out = [];
  if (!answer.headers['x-request-id']) out.push('header X-Request-Id is missing');
  const response = operation && resolved(operation.operation.responses[String(answer.status)]);
  if (response) {
    out.push(...checkHeaders(answer, response), ...checkBody(answer, response, what));
  } else if (!anywhere.has(answer.status)) {
    out.push(operation ? `status ${answer.status} is not documented` : 'no such operation in docs/openapi.yaml');
  }
  if (answer.status >= 400 && (answer.headers['content-type'] ?? '').includes('json') && !target.startsWith('/health'))
    out.push(...checkProblem(answer));
  return out.map((each) => `${what}: ${each}`);
}
