import type { Dice } from './dice.ts';
import type { Language } from './names.ts';

export type Currency = 'USD' | 'EUR' | 'SAR' | 'IRR' | 'ILS';

export interface Product {
  readonly sku: string;
  readonly category: 'tea' | 'sweets' | 'glass' | 'samovars';
  /** In dollars; other currencies follow. */
  readonly price: number;
  /** How often it is looked at, compared with the others. */
  readonly appeal: number;
  readonly names: Readonly<Record<Language, string>>;
}

/** What the shop sells: everything that a samovar needs around it. */
export const PRODUCTS: readonly [Product, ...Product[]] = [
  { sku: 'tea-breakfast', category: 'tea', price: 12, appeal: 14, names: { en: 'Breakfast tea, 250 g', ar: 'شاي الفطور، ٢٥٠ غ', fa: 'چای صبحانه، ۲۵۰ گرم', he: 'תה בוקר, 250 גרם' } },
  { sku: 'tea-cardamom', category: 'tea', price: 14, appeal: 13, names: { en: 'Cardamom tea, 250 g', ar: 'شاي بالهيل، ٢٥٠ غ', fa: 'چای هل، ۲۵۰ گرم', he: 'תה הל, 250 גרם' } },
  { sku: 'tea-mint', category: 'tea', price: 9, appeal: 10, names: { en: 'Mint tea', ar: 'شاي بالنعناع', fa: 'چای نعناع', he: 'תה נענע' } },
  { sku: 'tea-lahijan', category: 'tea', price: 18, appeal: 8, names: { en: 'Lahijan spring tea', ar: 'شاي لاهيجان الربيعي', fa: 'چای بهاره لاهیجان', he: 'תה אביב מלאהיג׳אן' } },
  { sku: 'sweets-nabat', category: 'sweets', price: 8, appeal: 9, names: { en: 'Saffron rock sugar', ar: 'سكر نبات بالزعفران', fa: 'نبات زعفرانی', he: 'סוכר נבט בזעפרן' } },
  { sku: 'sweets-dates', category: 'sweets', price: 15, appeal: 9, names: { en: 'Ajwa dates, 500 g', ar: 'تمر عجوة، ٥٠٠ غ', fa: 'خرمای عجوه، ۵۰۰ گرم', he: 'תמרי עג׳ווה, 500 גרם' } },
  { sku: 'sweets-halva', category: 'sweets', price: 11, appeal: 7, names: { en: 'Pistachio halva', ar: 'حلاوة بالفستق', fa: 'حلوای پسته', he: 'חלווה עם פיסטוק' } },
  { sku: 'glass-six', category: 'glass', price: 32, appeal: 8, names: { en: 'Six tea glasses', ar: 'ستة أكواب شاي', fa: 'شش استکان چای', he: 'שש כוסות תה' } },
  { sku: 'glass-saucers', category: 'glass', price: 24, appeal: 4, names: { en: 'Painted saucers', ar: 'صحون مزخرفة', fa: 'نعلبکی نقاشی‌شده', he: 'תחתיות מצוירות' } },
  { sku: 'glass-tray', category: 'glass', price: 58, appeal: 4, names: { en: 'Copper tray', ar: 'صينية نحاس', fa: 'سینی مسی', he: 'מגש נחושת' } },
  { sku: 'samovar-travel', category: 'samovars', price: 110, appeal: 4, names: { en: 'Travel samovar', ar: 'سماور للسفر', fa: 'سماور سفری', he: 'סמובר לדרך' } },
  { sku: 'samovar-brass', category: 'samovars', price: 245, appeal: 3, names: { en: 'Brass samovar', ar: 'سماور نحاسي', fa: 'سماور برنجی', he: 'סמובר פליז' } },
];

const RATES: Readonly<Record<Currency, { perDollar: number; step: number }>> = {
  USD: { perDollar: 1, step: 0.5 },
  EUR: { perDollar: 0.93, step: 0.5 },
  SAR: { perDollar: 3.75, step: 1 },
  IRR: { perDollar: 600_000, step: 50_000 },
  ILS: { perDollar: 3.7, step: 1 },
};

/** What it costs where the customer lives, rounded as shops round. */
export function priceOf(product: Product, currency: Currency): number {
  const { perDollar, step } = RATES[currency];
  return Math.max(step, Math.round((product.price * perDollar) / step) * step);
}

/** Something put into a cart. Goes out as it stands, in the words of the tracking specification. */
export type CartItem = {
  readonly product_id: string;
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly price: number;
  readonly quantity: number;
};

export function cartItem(product: Product, quantity: number, language: Language, currency: Currency): CartItem {
  return { product_id: product.sku, sku: product.sku, name: product.names[language], category: product.category, price: priceOf(product, currency), quantity };
}

/** Two decimals at most, as money is written. */
export function amount(value: number): number {
  return Math.round(value * 100) / 100;
}

export function subtotalOf(items: readonly CartItem[]): number {
  return amount(items.reduce((sum, item) => sum + item.price * item.quantity, 0));
}

export function pickProduct(dice: Dice): Product {
  return dice.weighted(weights);
}

const [first, ...others] = PRODUCTS;
const weights: [readonly [Product, number], ...(readonly [Product, number])[]] = [[first, first.appeal], ...others.map((product) => [product, product.appeal] as const)];
