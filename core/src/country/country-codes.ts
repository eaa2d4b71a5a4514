/** ISO 3166-1 alpha-2 and alpha-3 of every country, and Kosovo's user-assigned ones. */
export const COUNTRY_CODES = `
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR
BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL
CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH
FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM
GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN
KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO
MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL
NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT
PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR
SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR
UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM XKXKK YEYEM YTMYT ZAZAF ZMZMB ZWZWE
`.trim().split(/\s+/).map((pair) => ({ alpha2: pair.slice(0, 2), alpha3: pair.slice(2) }));

/** What people call countries besides the names that Unicode keeps. Keys are alpha-2. */
export const COUNTRY_ALIASES: Readonly<Record<string, string>> = {
  AE: 'UAE, U.A.E., Emirates, الإمارات, دولة الإمارات العربية المتحدة, امارات, امارات متحده, האמירויות, איחוד האמירויות',
  AT: 'Österreich', BA: 'Bosnia', BE: 'Belgique, België', BO: 'Plurinational State of Bolivia', BN: 'Brunei Darussalam', CD: 'DR Congo, DRC, Democratic Republic of the Congo, Congo-Kinshasa',
  CG: 'Republic of the Congo, Congo, Congo-Brazzaville', CH: 'Schweiz, Suisse, Svizzera', CI: 'Ivory Coast', CN: 'PRC, People\'s Republic of China', CV: 'Cabo Verde', CZ: 'Czech Republic, جمهوری چک',
  DE: 'Deutschland, Federal Republic of Germany, BRD, المانيا', DK: 'Danmark', EG: 'Arab Republic of Egypt, جمهورية مصر العربية', ES: 'España', FI: 'Suomi', FR: 'République française',
  GB: 'UK, U.K., Great Britain, Britain, England, Scotland, Wales, Northern Ireland, بريطانيا, إنجلترا, انگلستان, انگلیس, پادشاهی متحده, אנגליה, הממלכה המאוחדת',
  GR: 'EL, Hellas', HK: 'Hong Kong SAR', HU: 'Magyarország', IE: 'Eire, Republic of Ireland', IL: 'State of Israel, מדינת ישראל', IR: 'Iran (Islamic Republic of), Islamic Republic of Iran, Persia, جمهوری اسلامی ایران, جمهورية إيران الإسلامية, אירן',
  IT: 'Italia', KP: 'DPRK, North Korea', KR: 'Korea, Republic of Korea, Korea (Republic of), کره', LA: 'Lao PDR', MD: 'Republic of Moldova', MK: 'Macedonia', MM: 'Burma', NL: 'Holland, The Netherlands, Nederland, هلند, هولندا',
  NO: 'Norge', PL: 'Polska', PS: 'State of Palestine, دولة فلسطين', RU: 'Russian Federation, روسيا الاتحادية', SA: 'KSA, Kingdom of Saudi Arabia, السعودية, عربستان', SE: 'Sverige', SY: 'Syrian Arab Republic',
  SZ: 'Swaziland', TR: 'Turkey, Turkiye', TW: 'Taiwan, Province of China', TZ: 'United Republic of Tanzania', US: 'USA, U.S.A., U.S., US of A, United States of America, The United States, America, الولايات المتحدة الأمريكية, أمريكا, اميركا, ایالات متحده آمریکا, ایالات متحده امریکا, آمریکا, ארצות הברית של אמריקה, אמריקה, ארהב',
  VA: 'Holy See, Vatican', XK: 'XKX', VE: 'Bolivarian Republic of Venezuela', VN: 'Viet Nam', ZA: 'RSA, Republic of South Africa',
};
