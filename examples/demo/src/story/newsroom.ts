import type { FeedEvent, News, Plan, State } from './feed.ts';

/** News kept for those who open the page later. */
const MEMORY = 60;

export type Listener = (event: FeedEvent) => void;

/** Tells everybody who looks at the page what is going on; who comes later is told the latest first. */
export class Newsroom {
  readonly #listeners = new Set<Listener>();
  #plan: Plan | null = null;
  #state: State | null = null;
  #news: News[] = [];
  #count = 0;

  /** Answers with a function that ends it. */
  listen(listener: Listener): () => void {
    if (this.#plan !== null) listener({ kind: 'plan', plan: this.#plan });
    if (this.#state !== null) listener({ kind: 'state', state: this.#state });
    if (this.#news.length > 0) listener({ kind: 'news', news: this.#news });
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get state(): State | null {
    return this.#state;
  }

  setPlan(plan: Plan): void {
    this.#plan = plan;
    this.#tell({ kind: 'plan', plan });
  }

  setState(state: State): void {
    this.#state = state;
    this.#tell({ kind: 'state', state });
  }

  report(news: readonly Omit<News, 'id'>[]): void {
    if (news.length === 0) return;
    const numbered = news.map((one) => ({ ...one, id: (this.#count += 1) }));
    this.#news = [...this.#news, ...numbered].slice(-MEMORY);
    this.#tell({ kind: 'news', news: numbered });
  }

  #tell(event: FeedEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
