import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { main } from './main.ts';
import { recordedIo } from './testing/recorded-io.ts';

const document = (path: string): Promise<string> => readFile(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');

let directory = '';
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'samovar-documents-')); });
afterEach(async () => rm(directory, { recursive: true, force: true }));

describe('the guide to the first journey', () => {
  it('shows files that are valid and scenarios that pass', async () => {
    for (const [, path = '', text = ''] of (await document('guides/first-journey.md')).matchAll(/```yaml\n# (my-shop\/\S+)\n([\s\S]*?)```/g)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }
    const io = recordedIo(directory);
    expect({ code: await main(['validate', 'my-shop'], io), ...io.written }).toMatchObject({ code: 0, out: '1 journey, 1 segment, 2 templates, 1 workspace: valid\n' });
    expect({ code: await main(['test', 'my-shop'], io), ...io.written }).toMatchObject({ code: 0, out: expect.stringMatching(/3 passed, 0 failed\n$/) });
  });
});

describe('the reference of the command line', () => {
  it.each(COMMANDS.map(({ name }) => name))('shows the help of %s as it is', async (name) => {
    const io = recordedIo(directory);
    await main(['help', name], io);
    expect(await document('reference/command-line.md')).toContain(`## ${name}\n\n\`\`\`\n${io.written.out}\`\`\`\n`);
  });

  it('shows the overview as it is', async () => {
    const io = recordedIo(directory);
    await main(['help'], io);
    expect(await document('reference/command-line.md')).toContain(`\`\`\`\n${io.written.out}\`\`\`\n`);
  });
});
