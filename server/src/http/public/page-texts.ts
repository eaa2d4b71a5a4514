/** What the pages say, in one language. `{shop}`, `{topic}` and `{topics}` are filled in. */
export interface PageTexts {
  direction: 'ltr' | 'rtl';
  unsubscribeTitle: string;
  unsubscribeQuestion: string;
  onlyTopic: string;
  everything: string;
  unsubscribeButton: string;
  unsubscribedTitle: string;
  unsubscribedAll: string;
  unsubscribedTopic: string;
  confirmTitle: string;
  confirmQuestion: string;
  confirmButton: string;
  confirmedTitle: string;
  confirmed: string;
  brokenTitle: string;
  broken: string;
  confirmTopics: string;
  usedTitle: string;
  used: string;
  expiredTitle: string;
  expired: string;
  busyTitle: string;
  busy: string;
}

const en: PageTexts = {
  direction: 'ltr',
  unsubscribeTitle: 'Unsubscribe',
  unsubscribeQuestion: 'Would you like to stop receiving e-mail from {shop}?',
  onlyTopic: 'Only messages about “{topic}”',
  everything: 'All news and offers',
  unsubscribeButton: 'Unsubscribe',
  unsubscribedTitle: 'You are unsubscribed',
  unsubscribedAll: '{shop} will send you no more news and offers. Messages about your orders still reach you.',
  unsubscribedTopic: '{shop} will send you no more messages about “{topic}”.',
  confirmTitle: 'One more click',
  confirmQuestion: 'Please confirm that you would like to receive e-mail from {shop}.',
  confirmButton: 'Yes, I would',
  confirmedTitle: 'Thank you',
  confirmed: 'You are subscribed. You can unsubscribe at any time with the link at the end of each message.',
  brokenTitle: 'This link is incomplete',
  broken: 'Parts of it were probably lost on the way. Please open it from the original message once more, or answer that message and ask for what you wanted.',
  confirmTopics: 'You chose: {topics}.',
  usedTitle: 'This link was used already',
  used: 'There is nothing left to do: your subscription was confirmed. If you have unsubscribed since and changed your mind, please sign up once more.',
  expiredTitle: 'This link is too old',
  expired: 'It was valid for a limited time only. Please sign up once more to get a new one.',
  busyTitle: 'That did not work just now',
  busy: 'Nothing was changed. Please try again in a minute.',
};

const ar: PageTexts = {
  direction: 'rtl',
  unsubscribeTitle: 'إلغاء الاشتراك',
  unsubscribeQuestion: 'هل ترغب في التوقف عن استلام رسائل {shop}؟',
  onlyTopic: 'الرسائل المتعلقة بـ«{topic}» فقط',
  everything: 'جميع الأخبار والعروض',
  unsubscribeButton: 'إلغاء الاشتراك',
  unsubscribedTitle: 'تم إلغاء اشتراكك',
  unsubscribedAll: 'لن يرسل إليك {shop} أي أخبار أو عروض بعد الآن. ستظل تصلك الرسائل المتعلقة بطلباتك.',
  unsubscribedTopic: 'لن يرسل إليك {shop} رسائل عن «{topic}» بعد الآن.',
  confirmTitle: 'خطوة أخيرة',
  confirmQuestion: 'يُرجى تأكيد رغبتك في استلام رسائل {shop}.',
  confirmButton: 'نعم، أؤكد',
  confirmedTitle: 'شكرًا لك',
  confirmed: 'تم اشتراكك. يمكنك إلغاء الاشتراك في أي وقت من الرابط الموجود في آخر كل رسالة.',
  brokenTitle: 'هذا الرابط غير مكتمل',
  broken: 'يبدو أن جزءًا منه فُقد في الطريق. يُرجى فتحه مرة أخرى من الرسالة الأصلية، أو الرد على تلك الرسالة بما تريد.',
  confirmTopics: 'اخترتَ: {topics}.',
  usedTitle: 'سبق استخدام هذا الرابط',
  used: 'لم يبقَ شيء تفعله: لقد تم تأكيد اشتراكك. وإن كنت قد ألغيته بعد ذلك وغيّرت رأيك، فيُرجى التسجيل من جديد.',
  expiredTitle: 'انتهت صلاحية هذا الرابط',
  expired: 'كان الرابط صالحًا لمدة محدودة. يُرجى التسجيل من جديد للحصول على رابط آخر.',
  busyTitle: 'تعذّر ذلك الآن',
  busy: 'لم يتغير شيء. يُرجى المحاولة بعد دقيقة.',
};

const fa: PageTexts = {
  direction: 'rtl',
  unsubscribeTitle: 'لغو اشتراک',
  unsubscribeQuestion: 'آیا می‌خواهید دیگر از {shop} ایمیل دریافت نکنید؟',
  onlyTopic: 'فقط پیام‌های مربوط به «{topic}»',
  everything: 'همهٔ خبرها و پیشنهادها',
  unsubscribeButton: 'لغو اشتراک',
  unsubscribedTitle: 'اشتراک شما لغو شد',
  unsubscribedAll: '{shop} دیگر خبر و پیشنهادی برای شما نمی‌فرستد. پیام‌های مربوط به سفارش‌هایتان همچنان به دست شما می‌رسد.',
  unsubscribedTopic: '{shop} دیگر پیامی دربارهٔ «{topic}» برای شما نمی‌فرستد.',
  confirmTitle: 'فقط یک گام دیگر',
  confirmQuestion: 'لطفاً تأیید کنید که می‌خواهید از {shop} ایمیل دریافت کنید.',
  confirmButton: 'بله، تأیید می‌کنم',
  confirmedTitle: 'سپاسگزاریم',
  confirmed: 'اشتراک شما ثبت شد. هر زمان که بخواهید می‌توانید با پیوند انتهای هر پیام آن را لغو کنید.',
  brokenTitle: 'این پیوند ناقص است',
  broken: 'احتمالاً بخشی از آن در راه گم شده است. لطفاً آن را دوباره از پیام اصلی باز کنید یا در پاسخ به همان پیام بنویسید چه می‌خواهید.',
  confirmTopics: 'انتخاب شما: {topics}.',
  usedTitle: 'این پیوند پیش‌تر استفاده شده است',
  used: 'کار دیگری لازم نیست: اشتراک شما تأیید شده است. اگر پس از آن لغوش کرده‌اید و نظرتان برگشته است، لطفاً دوباره ثبت‌نام کنید.',
  expiredTitle: 'مهلت این پیوند گذشته است',
  expired: 'این پیوند فقط برای مدتی محدود معتبر بود. لطفاً دوباره ثبت‌نام کنید تا پیوند تازه‌ای بگیرید.',
  busyTitle: 'این کار اکنون انجام نشد',
  busy: 'چیزی تغییر نکرد. لطفاً یک دقیقهٔ دیگر دوباره تلاش کنید.',
};

const he: PageTexts = {
  direction: 'rtl',
  unsubscribeTitle: 'הסרה מרשימת התפוצה',
  unsubscribeQuestion: 'להפסיק לקבל דואר אלקטרוני מאת {shop}?',
  onlyTopic: 'רק הודעות בנושא „{topic}”',
  everything: 'כל החדשות וההצעות',
  unsubscribeButton: 'הסרה',
  unsubscribedTitle: 'הוסרת מרשימת התפוצה',
  unsubscribedAll: 'לא יישלחו אליך עוד חדשות והצעות מאת {shop}. הודעות על ההזמנות שלך ימשיכו להגיע.',
  unsubscribedTopic: 'לא יישלחו אליך עוד הודעות מאת {shop} בנושא „{topic}”.',
  confirmTitle: 'עוד לחיצה אחת',
  confirmQuestion: 'נא לאשר קבלת דואר אלקטרוני מאת {shop}.',
  confirmButton: 'כן, אני מאשר/ת',
  confirmedTitle: 'תודה',
  confirmed: 'ההרשמה הושלמה. אפשר להסיר את עצמך בכל עת בעזרת הקישור שבסוף כל הודעה.',
  brokenTitle: 'הקישור אינו שלם',
  broken: 'כנראה שחלק ממנו אבד בדרך. נא לפתוח אותו שוב מההודעה המקורית, או להשיב לאותה הודעה ולבקש את מה שרצית.',
  confirmTopics: 'בחרת: {topics}.',
  usedTitle: 'כבר נעשה שימוש בקישור הזה',
  used: 'לא נותר מה לעשות: ההרשמה שלך אושרה. אם הסרת את עצמך מאז והתחרטת, נא להירשם שוב.',
  expiredTitle: 'תוקף הקישור פג',
  expired: 'הקישור היה תקף לזמן מוגבל בלבד. נא להירשם שוב כדי לקבל קישור חדש.',
  busyTitle: 'הפעולה לא הצליחה כרגע',
  busy: 'דבר לא השתנה. נא לנסות שוב בעוד דקה.',
};

const TEXTS: Readonly<Record<string, PageTexts>> = { en, ar, fa, he };

export interface PageLanguage {
  language: string;
  texts: PageTexts;
}

/** The language of a page: that of the contact, else one that the browser asks for, else English. */
export function pageLanguage(ofContact: string | null, acceptLanguage: string | undefined): PageLanguage {
  const wanted = [...(ofContact === null ? [] : [ofContact]), ...acceptedLanguages(acceptLanguage ?? ''), 'en'];
  for (const tag of wanted) {
    const language = primaryOf(tag);
    if (Object.hasOwn(TEXTS, language)) return { language, texts: TEXTS[language] ?? en };
  }
  return { language: 'en', texts: en };
}

/** `iw` is what old software calls Hebrew. */
function primaryOf(tag: string): string {
  const primary = tag.toLowerCase().split(/[-_]/, 1)[0] ?? '';
  return primary === 'iw' ? 'he' : primary;
}

/** Languages of an Accept-Language header, the most wanted first. */
function acceptedLanguages(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((part, position) => {
      const [tag = '', ...parameters] = part.trim().split(';');
      const quality = Number(parameters.find((one) => one.trim().startsWith('q='))?.trim().slice(2) ?? 1);
      return { tag: tag.trim(), quality: Number.isFinite(quality) ? quality : 0, position };
    })
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality || a.position - b.position)
    .map(({ tag }) => tag);
}
