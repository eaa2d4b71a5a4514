/** What the name system answered about a domain: `none`: the name has no such records; `no-name`: there is no such name; `failed`: nobody knows. */
export type NameAnswer<Found> = { kind: 'found'; records: Found[] } | { kind: 'none' | 'no-name' | 'failed' };

export interface MailExchange {
  exchange: string;
  priority: number;
}

/** Whether mail to a domain can arrive: `receives`, `refuses` (with why), or `unknown`, since nobody could be asked. */
export type MailDomainVerdict = 'receives' | 'null-mx' | 'no-server' | 'no-domain' | 'unknown';

/**
 * Judges a domain by its mail exchanges and, where it names none, its addresses: RFC 7505 (a lone `.` refuses all mail) and
 * RFC 5321, 5.1 (without exchanges the host itself is one). What was not found out is unknown, never wrong.
 */
export function judgeMailDomain(exchanges: NameAnswer<MailExchange>, hosts: NameAnswer<string>): MailDomainVerdict {
  switch (exchanges.kind) {
    case 'found': {
      const servers = exchanges.records.filter(({ exchange }) => exchange !== '' && exchange !== '.');
      if (servers.length > 0) return 'receives';
      return exchanges.records.length > 0 ? 'null-mx' : judgeHosts(hosts);
    }
    case 'none': return judgeHosts(hosts);
    case 'no-name': return 'no-domain';
    case 'failed': return 'unknown';
  }
}

function judgeHosts(hosts: NameAnswer<string>): MailDomainVerdict {
  switch (hosts.kind) {
    case 'found': return hosts.records.length > 0 ? 'receives' : 'no-server';
    case 'none': return 'no-server';
    case 'no-name': return 'no-domain';
    case 'failed': return 'unknown';
  }
}
