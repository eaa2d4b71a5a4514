import { readRepository } from './repository.ts';
import { RULES } from './rules.ts';

/** `npm run tidy`: what the tidy test checks, printed one finding per line. */
const files = readRepository();
let count = 0;
for (const rule of RULES) {
  for (const { path, line, message } of rule.check(files)) {
    count += 1;
    console.log(`${path}:${line}  ${rule.name}: ${message}`);
  }
}
console.log(count === 0 ? `${files.length} files, all tidy` : `${count} findings in ${files.length} files`);
process.exitCode = count === 0 ? 0 : 1;
