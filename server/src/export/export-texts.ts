import type { SectionName } from './contact-sections.ts';

export type ColumnName =
  | 'at' | 'kind' | 'value' | 'name' | 'since' | 'verified' | 'purpose' | 'channel' | 'topic' | 'state' | 'address' | 'proof' | 'segment' | 'enteredAt' | 'leftAt' | 'orderId' | 'total'
  | 'refunded' | 'currency' | 'status' | 'subject' | 'text' | 'journey' | 'step' | 'reason' | 'outcome' | 'messageId' | 'code' | 'detail' | 'properties' | 'traits' | 'context' | 'changedAt' | 'before' | 'source';

/** What an export says, in one language. `{shop}` and `{at}` are filled in. */
export interface ExportTexts {
  direction: 'ltr' | 'rtl';
  title: string;
  intro: string;
  nothing: string;
  yes: string;
  no: string;
  end: string;
  sections: Record<SectionName, string>;
  columns: Record<ColumnName, string>;
}

const en: ExportTexts = {
  direction: 'ltr', title: 'What {shop} knows about you', intro: 'This is everything that {shop} has stored about you, as of {at}.', nothing: 'Nothing.', yes: 'yes', no: 'no',
  end: 'This is the end of the document; it is complete.',
  sections: {
    identifiers: 'What you are known by', traits: 'What you told, or what was told about you', traitHistory: 'How that changed', profile: 'Other things kept about you', consents: 'Your consents and withdrawals, with proof',
    segments: 'Groups that you were or are in', orders: 'Orders', messages: 'Messages to you', journeys: 'Series of messages that you were or are in', events: 'What you did',
    outcomes: 'What became of messages', notes: 'Notes about you', merges: 'Records that were joined into this one', decisions: 'What was decided, and why',
  },
  columns: {
    at: 'When', kind: 'Kind', value: 'Value', name: 'What', since: 'Since', verified: 'Confirmed by the shop', purpose: 'Purpose', channel: 'Channel', topic: 'Topic', state: 'State', address: 'Address',
    proof: 'Proof', segment: 'Group', enteredAt: 'From', leftAt: 'Until', orderId: 'Order', total: 'Total', refunded: 'Refunded', currency: 'Currency', status: 'Status', subject: 'Subject',
    text: 'Text', journey: 'Series', step: 'Step', reason: 'Reason', outcome: 'Outcome', messageId: 'Message', code: 'Decision', detail: 'Details', properties: 'Details', traits: 'About you',
    context: 'Device and place', changedAt: 'Last change', before: 'Before', source: 'Source',
  },
};

const ar: ExportTexts = {
  direction: 'rtl', title: 'ما يعرفه {shop} عنك', intro: 'هذا كل ما يحتفظ به {shop} عنك حتى {at}.', nothing: 'لا شيء.', yes: 'نعم', no: 'لا', end: 'نهاية المستند، وهو كامل.',
  sections: {
    identifiers: 'ما تُعرف به', traits: 'ما ذكرته أو ذُكر عنك', traitHistory: 'كيف تغيّر ذلك', profile: 'أمور أخرى محفوظة عنك', consents: 'موافقاتك وسحبها مع الإثبات', segments: 'المجموعات التي كنت أو ما زلت فيها', orders: 'الطلبات',
    messages: 'الرسائل المرسلة إليك', journeys: 'سلاسل الرسائل التي كنت أو ما زلت فيها', events: 'ما قمت به', outcomes: 'ما آلت إليه الرسائل', notes: 'ملاحظات عنك', merges: 'سجلات دُمجت في هذا السجل',
    decisions: 'ما تقرر وسببه',
  },
  columns: {
    at: 'الوقت', kind: 'النوع', value: 'القيمة', name: 'الاسم', since: 'منذ', verified: 'أكّده المتجر', purpose: 'الغرض', channel: 'القناة', topic: 'الموضوع', state: 'الحالة', address: 'العنوان',
    proof: 'الإثبات', segment: 'المجموعة', enteredAt: 'من', leftAt: 'إلى', orderId: 'الطلب', total: 'الإجمالي', refunded: 'المسترد', currency: 'العملة', status: 'الحالة', subject: 'العنوان', text: 'النص',
    journey: 'السلسلة', step: 'الخطوة', reason: 'السبب', outcome: 'النتيجة', messageId: 'الرسالة', code: 'القرار', detail: 'التفاصيل', properties: 'التفاصيل', traits: 'عنك', context: 'الجهاز والمكان',
    changedAt: 'آخر تغيير', before: 'قبل ذلك', source: 'المصدر',
  },
};

const fa: ExportTexts = {
  direction: 'rtl', title: 'آنچه {shop} دربارهٔ شما می‌داند', intro: 'این همهٔ چیزهایی است که {shop} تا {at} دربارهٔ شما نگه داشته است.', nothing: 'هیچ.', yes: 'بله', no: 'خیر',
  end: 'پایان سند؛ این سند کامل است.',
  sections: {
    identifiers: 'آنچه با آن شناخته می‌شوید', traits: 'آنچه گفته‌اید یا دربارهٔ شما گفته شده', traitHistory: 'تغییرات آن', profile: 'چیزهای دیگری که دربارهٔ شما نگه داشته شده', consents: 'رضایت‌ها و انصراف‌های شما، با مدرک',
    segments: 'گروه‌هایی که در آن‌ها بوده‌اید یا هستید', orders: 'سفارش‌ها', messages: 'پیام‌های فرستاده‌شده به شما', journeys: 'مجموعه‌پیام‌هایی که در آن‌ها بوده‌اید یا هستید', events: 'آنچه انجام داده‌اید',
    outcomes: 'سرانجام پیام‌ها', notes: 'یادداشت‌ها دربارهٔ شما', merges: 'سوابقی که با این یکی شده‌اند', decisions: 'تصمیم‌ها و دلیل آن‌ها',
  },
  columns: {
    at: 'زمان', kind: 'نوع', value: 'مقدار', name: 'نام', since: 'از', verified: 'تأییدشده از سوی فروشگاه', purpose: 'هدف', channel: 'کانال', topic: 'موضوع', state: 'وضعیت', address: 'نشانی', proof: 'مدرک',
    segment: 'گروه', enteredAt: 'از', leftAt: 'تا', orderId: 'سفارش', total: 'مبلغ کل', refunded: 'بازپرداخت', currency: 'واحد پول', status: 'وضعیت', subject: 'عنوان', text: 'متن', journey: 'مجموعه',
    step: 'گام', reason: 'دلیل', outcome: 'سرانجام', messageId: 'پیام', code: 'تصمیم', detail: 'جزئیات', properties: 'جزئیات', traits: 'دربارهٔ شما', context: 'دستگاه و مکان', changedAt: 'آخرین تغییر', before: 'پیش از آن', source: 'منبع',
  },
};

const he: ExportTexts = {
  direction: 'rtl', title: 'מה {shop} יודעת עליך', intro: 'זה כל מה ש־{shop} שומרת עליך, נכון ל־{at}.', nothing: 'אין.', yes: 'כן', no: 'לא', end: 'סוף המסמך; המסמך מלא.',
  sections: {
    identifiers: 'לפי מה מזהים אותך', traits: 'מה שסיפרת או שסופר עליך', traitHistory: 'איך זה השתנה', profile: 'דברים נוספים השמורים עליך', consents: 'ההסכמות והביטולים שלך, עם הוכחה', segments: 'קבוצות שהיית או הינך בהן', orders: 'הזמנות',
    messages: 'הודעות שנשלחו אליך', journeys: 'סדרות הודעות שהיית או הינך בהן', events: 'מה שעשית', outcomes: 'מה עלה בגורל ההודעות', notes: 'הערות עליך', merges: 'רשומות שאוחדו לרשומה זו', decisions: 'מה הוחלט ומדוע',
  },
  columns: {
    at: 'מתי', kind: 'סוג', value: 'ערך', name: 'שם', since: 'מאז', verified: 'אושר על ידי החנות', purpose: 'מטרה', channel: 'ערוץ', topic: 'נושא', state: 'מצב', address: 'כתובת', proof: 'הוכחה', segment: 'קבוצה',
    enteredAt: 'מתאריך', leftAt: 'עד תאריך', orderId: 'הזמנה', total: 'סכום', refunded: 'הוחזר', currency: 'מטבע', status: 'מצב', subject: 'כותרת', text: 'תוכן', journey: 'סדרה', step: 'שלב', reason: 'סיבה',
    outcome: 'תוצאה', messageId: 'הודעה', code: 'החלטה', detail: 'פרטים', properties: 'פרטים', traits: 'עליך', context: 'מכשיר ומקום', changedAt: 'שינוי אחרון', before: 'לפני כן', source: 'מקור',
  },
};

export const EXPORT_TEXTS: Readonly<Record<string, ExportTexts>> = { en, ar, fa, he };
