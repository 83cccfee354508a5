// README.md shows a purchase with curl; what it shows must work as it stands.
//
// The fenced `sh` blocks after the line `<!-- purchase -->` (up to the next heading) are run as one script in bash, with
// the server's address put in place of http://localhost:3001.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

import { paths } from './support/paths.mjs';
import { World } from './support/world.mjs';

const run = promisify(execFile);

function walk() {
  const text = readFileSync(paths.readme, 'utf8');
  const from = text.indexOf('<!-- purchase -->');
  if (from < 0) return null;
  const fences = text.slice(from).split(/^```/m); // text, block, text, block …
  const heading = fences.findIndex((each, i) => i % 2 === 0 && /^#+ /m.test(each));
  const blocks = fences.slice(0, heading < 0 ? undefined : heading + 1).filter((each, i) => i % 2 === 1);
  return blocks
    .filter((each) => each.startsWith('sh\n'))
    .map((each) => each.slice(3))
    .join('');
}

const script = walk();

describe('the purchase in README.md', { skip: script === null && 'README.md shows none' }, () => {
  it('works as it is written', async () => {
    const world = await World.open({ seed: true });
    try {
      assert.ok(script.trim().length > 0, 'there are sh blocks after the marker');
      const { host } = new URL(world.server.base);
      const here = script.replace(/(localhost|127\.0\.0\.1):3001/g, host);
      assert.notEqual(here, script, 'it names the server’s default address');
      const { stdout } = await run('bash', ['-eu', '-c', here], { cwd: world.server.folder });
      const { reservations } = await world.api.get('/admin/reservations', { token: world.admin });
      const bought = reservations.filter((each) => each.user_email !== null);
      assert.ok(bought.length > 0, `somebody has bought something:\n${stdout}`);
      assert.ok(!/"code":"[a-z_]+","error"/.test(stdout), `no refusal on the way:\n${stdout}`);
    } finally {
      await world.close();
    }
  });
});
