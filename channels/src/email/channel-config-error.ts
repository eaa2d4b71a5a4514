/** A channel cannot be set up as configured; found when it is set up, never when a mail is sent. */
export class ChannelConfigError extends Error {
  readonly code: ChannelConfigErrorCode;
  /** What the operator can do about it. */
  readonly mend: string;

  constructor(code: ChannelConfigErrorCode, message: string, mend: string) {
    super(message);
    this.name = 'ChannelConfigError';
    this.code = code;
    this.mend = mend;
  }
}

export type ChannelConfigErrorCode = 'channel_url_invalid' | 'channel_option_invalid' | 'dkim_key_invalid' | 'dkim_name_invalid' | 'tracking_key_invalid';
