#!/usr/bin/env node
// Plain JavaScript, and old JavaScript: it must run on a Node that is too old, to say so.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Samovar needs Node 20.19 or newer; this is Node ${process.versions.node}. Get a newer one from https://nodejs.org or with your package manager.`);
  process.exitCode = 2;
} else {
  // Newer Nodes read TypeScript themselves.
  if (process.features.typescript === undefined || process.features.typescript === false) (await import('tsx/esm/api')).register();
  const { runProgram } = await import('../src/cli/run-program.ts');
  await runProgram();
}
