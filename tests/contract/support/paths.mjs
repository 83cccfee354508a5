// Where things are. The build tells by the environment; without it, a build in `build/` is assumed.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const build = process.env.TIKETI_BUILD ?? path.join(root, 'build');

export const paths = {
  root,
  openapi: path.join(root, 'docs/openapi.yaml'),
  readme: path.join(root, 'README.md'),
  server: process.env.TIKETI_SERVER ?? path.join(build, 'hosts/http/tiketi-server'),
  cli: process.env.TIKETI_CLI ?? path.join(build, 'hosts/cli/tiketi'),
  coverage: process.env.TIKETI_CONTRACT_COVERAGE ?? path.join(build, 'tests/contract/coverage'),
};
