/** The four languages of the shop's customers. */
export type Language = 'en' | 'ar' | 'fa' | 'he';

/** A name as its bearer writes it, and as it stands in an e-mail address. */
export type Name = readonly [own: string, latin: string];
type Names = readonly [Name, ...Name[]];

export const FIRST_NAMES: Readonly<Record<Language, Names>> = {
  en: [
    ['Emma', 'emma'], ['Oliver', 'oliver'], ['Grace', 'grace'], ['Noah', 'noah'], ['Ruth', 'ruth'], ['Henry', 'henry'], ['Clara', 'clara'], ['Samuel', 'samuel'],
    ['Alice', 'alice'], ['Thomas', 'thomas'], ['Nora', 'nora'], ['James', 'james'], ['Hannah', 'hannah'], ['Daniel', 'daniel'], ['Zoë', 'zoe'], ['Patrick', 'patrick'],
  ],
  ar: [
    ['سارة', 'sara'], ['محمد', 'mohammed'], ['ليلى', 'layla'], ['أحمد', 'ahmad'], ['نورة', 'noura'], ['خالد', 'khalid'], ['مريم', 'maryam'], ['يوسف', 'yousef'],
    ['هند', 'hind'], ['عمر', 'omar'], ['ريم', 'reem'], ['فيصل', 'faisal'], ['دانة', 'dana'], ['طارق', 'tariq'], ['سلمى', 'salma'], ['زياد', 'ziad'],
  ],
  fa: [
    ['زهرا', 'zahra'], ['علی', 'ali'], ['سارا', 'sara'], ['رضا', 'reza'], ['نرگس', 'narges'], ['امیر', 'amir'], ['مریم', 'maryam'], ['حسین', 'hossein'],
    ['شیرین', 'shirin'], ['کاوه', 'kaveh'], ['پریسا', 'parisa'], ['بهرام', 'bahram'], ['نازنین', 'nazanin'], ['آرش', 'arash'], ['گلناز', 'golnaz'], ['کیان', 'kian'],
  ],
  he: [
    ['נועה', 'noa'], ['דוד', 'david'], ['תמר', 'tamar'], ['יוסף', 'yosef'], ['מיכל', 'michal'], ['אריאל', 'ariel'], ['שירה', 'shira'], ['איתן', 'eitan'],
    ['רחל', 'rachel'], ['עומר', 'omer'], ['יעל', 'yael'], ['אורי', 'uri'], ['הילה', 'hila'], ['גיל', 'gil'], ['ליאור', 'lior'], ['מאיה', 'maya'],
  ],
};

export const LAST_NAMES: Readonly<Record<Language, Names>> = {
  en: [
    ['Bennett', 'bennett'], ['Clarke', 'clarke'], ['Hughes', 'hughes'], ['Foster', 'foster'], ['Turner', 'turner'], ['Morgan', 'morgan'],
    ['Reed', 'reed'], ['Ellis', 'ellis'], ['Walsh', 'walsh'], ['Cooper', 'cooper'], ['O’Brien', 'obrien'], ['Marsh', 'marsh'],
  ],
  ar: [
    ['الحربي', 'alharbi'], ['العتيبي', 'alotaibi'], ['القحطاني', 'alqahtani'], ['الشمري', 'alshammari'], ['منصور', 'mansour'], ['حداد', 'haddad'],
    ['النجار', 'alnajjar'], ['السالم', 'alsalem'], ['خوري', 'khoury'], ['الزهراني', 'alzahrani'], ['قاسم', 'qasim'], ['درويش', 'darwish'],
  ],
  fa: [
    ['احمدی', 'ahmadi'], ['محمدی', 'mohammadi'], ['رضایی', 'rezaei'], ['کریمی', 'karimi'], ['حسینی', 'hosseini'], ['موسوی', 'mousavi'],
    ['جعفری', 'jafari'], ['نوری', 'nouri'], ['صادقی', 'sadeghi'], ['شریفی', 'sharifi'], ['یزدانی', 'yazdani'], ['بهرامی', 'bahrami'],
  ],
  he: [
    ['כהן', 'cohen'], ['לוי', 'levi'], ['מזרחי', 'mizrahi'], ['פרץ', 'peretz'], ['ביטון', 'biton'], ['דהן', 'dahan'],
    ['אברהם', 'avraham'], ['פרידמן', 'friedman'], ['שפירא', 'shapira'], ['אוחיון', 'ohayon'], ['גולן', 'golan'], ['ברק', 'barak'],
  ],
};
