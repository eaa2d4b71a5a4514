import { describe, expect, test } from 'vitest';
import { ChannelConfigError } from './channel-config-error.ts';
import { hidePassword, parseSmtpUrl, SMTP_DEFAULTS } from './smtp-url.ts';

describe('parseSmtpUrl', () => {
  test('reads host, port, user, password and options', () => {
    expect(parseSmtpUrl('smtp://ann%40shop:p%3Aw%2F@mail.shop.example:2525?pool=8&tls=required&dataMs=1000&heloName=out.shop.example')).toMatchObject({
      host: 'mail.shop.example', port: 2525, implicitTls: false, tls: 'required', verify: true, auth: { user: 'ann@shop', pass: 'p:w/' }, pool: 8, dataMs: 1000, heloName: 'out.shop.example',
    });
  });

  test('knows the usual ports, and the defaults', () => {
    expect(parseSmtpUrl('smtp://localhost')).toMatchObject({ port: 587, tls: 'auto', auth: null, ...SMTP_DEFAULTS });
    expect(parseSmtpUrl('SMTPS://localhost')).toMatchObject({ port: 465, implicitTls: true });
    expect(parseSmtpUrl('smtp://[::1]:25/')).toMatchObject({ host: '::1', port: 25 });
    expect(parseSmtpUrl('smtp://localhost:80')).toMatchObject({ port: 80 });
  });

  test.each([
    '', 'localhost:25', 'http://localhost', 'smtp://', 'smtp://a b/', 'smtp://localhost:99999', 'smtp://localhost/path', 'smtp://localhost#x', 'smtp://u%:p@localhost',
    'smtp://localhost?pool=0', 'smtp://localhost?pool=1e3', 'smtp://localhost?pool=201', 'smtp://localhost?tls=yes', 'smtp://localhost?verify=no', 'smtp://localhost?pools=3',
    'smtp://localhost?pool=1&pool=2', 'smtp://localhost?heloName=a%20b', 'smtp://localhost?dataMs=-1',
  ])('refuses %j', (url) => {
    expect(() => parseSmtpUrl(url)).toThrow(ChannelConfigError);
  });

  test('no message shows the password', () => {
    expect(() => parseSmtpUrl('smtp://ann:sec/ret@local host')).toThrow(/“smtp:\/\/ann:\*\*\*@local host”/);
    expect(hidePassword('smtps://ann:secret@mail.example?pool=1')).toBe('smtps://ann:***@mail.example?pool=1');
  });
});
