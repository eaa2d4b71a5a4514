import { startSink } from '@samovar/channels/testing';

/** A mail server that takes everything, in a process of its own so that it does not share the sender's event loop. */
const watched = new Map<string, number>();
const sink = await startSink({
  onMessage: (envelope) => {
    const [to] = envelope.to;
    if (to !== undefined && to.startsWith('watched-')) watched.set(to, Date.now());
  },
});

process.on('message', (question) => {
  if (question === 'watched') process.send?.({ watched: [...watched] });
  else process.send?.({ count: sink.count });
});
process.send?.({ url: sink.url });
