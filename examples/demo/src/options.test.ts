import { expect, test } from 'vitest';
import { DEFAULT_OPTIONS, readOptions } from './options.ts';

test('nothing said is the usual demo', () => {
  expect(readOptions([])).toEqual(DEFAULT_OPTIONS);
});

test('everything can be said', () => {
  expect(readOptions(['--seed', 'mint', '--people', '40', '--speed', '0.5', '--port', '0', '--once', '--days', '3'])).toEqual({
    seed: 'mint', people: 40, hoursPerSecond: 0.5, port: 0, once: true, days: 3,
  });
});

test.each([['--people', '0'], ['--people', '5001'], ['--people', 'many'], ['--speed', '25'], ['--port', '70000'], ['--port', ''], ['--days', '1.5'], ['--sugar', '2']])('%s %s is refused', (name, value) => {
  expect(readOptions([name, value])).toHaveProperty('problem');
});

test('the limits themselves are allowed', () => {
  expect(readOptions(['--people', '5000', '--speed', '24', '--port', '65535', '--days', '400'])).toMatchObject({ people: 5000, hoursPerSecond: 24, port: 65_535, days: 400 });
});
