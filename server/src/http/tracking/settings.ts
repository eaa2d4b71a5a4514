/** What Segment's browser library fetches before it sends anything: where to send, and that nothing else is to be loaded. */
export function projectSettings(writeKey: string, baseUrl: URL): object {
  const enabled = { __default: { enabled: true, integrations: {} } };
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${baseUrl.host}${baseUrl.pathname.replace(/\/$/, '')}/v1`,
        protocol: baseUrl.protocol.replace(':', ''),
        addBundledMetadata: false,
        unbundledIntegrations: [],
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    plan: { track: enabled, identify: enabled, group: enabled },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}
