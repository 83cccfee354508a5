// One HTTP request with nothing done to it behind the test's back: no decompression, no redirects, no retries.

import http from 'node:http';
import { gunzipSync } from 'node:zlib';

/** Resolves to {status, headers, raw, text}: `raw` is what came over the wire, `text` the same uncompressed. */
export function send(base, { method, target, headers = {}, body }) {
  const url = new URL(base);
  return new Promise((resolve, reject) => {
    const options = { host: url.hostname, port: url.port, method, path: target, headers, agent: false };
    const request = http.request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const raw = Buffer.concat(chunks);
        const gzip = response.headers['content-encoding'] === 'gzip' && raw.length > 0;
        const text = (gzip ? gunzipSync(raw) : raw).toString('utf8');
        resolve({ status: response.statusCode, headers: response.headers, raw, text });
      });
    });
    // A server that refuses a large body answers and closes while it is still being sent.
    request.on('error', (error) => reject(error));
    request.end(body);
  });
}
