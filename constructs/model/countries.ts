/** Country codes of ISO 3166-1: which two letters are one, and which a person meant who wrote something else. */

/** Every country, as its three letters and its two. */
const table = [
  'ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU AUTAT AZEAZ BDIBI',
  'BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT',
  'BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU',
  'CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET',
  'FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR',
  'GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR',
  'IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB',
  'LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH',
  'MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE',
  'NFKNF NGANG NICNI NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL',
  'PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS SHNSH SJMSJ',
  'SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI SWESE SWZSZ SXMSX SYCSC SYRSY TCATC',
  'TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY',
  'USAUS UZBUZ VATVA VCTVC VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS XKKXK YEMYE ZAFZA ZMBZM ZWEZW',
]
  .join(' ')
  .split(' ');
const byThree = new Map(table.map((one) => [one.slice(0, 3), one.slice(3)]));
const codes = new Set(byThree.values());
/** Codes that are common, and are not those of ISO 3166-1. */
const aliases = new Map([
  ['UK', 'GB'],
  ['EL', 'GR'],
  ['ENG', 'GB'],
  ['GER', 'DE'],
  ['HOL', 'NL'],
  ['SUI', 'CH'],
  ['DEN', 'DK'],
  ['POR', 'PT'],
  ['GRE', 'GR'],
  ['CRO', 'HR'],
  ['KSA', 'SA'],
  ['UAE', 'AE'],
  // Withdrawn from the standard, and still in data.
  ['ROM', 'RO'],
  ['ZAR', 'CD'],
  ['TMP', 'TL'],
]);

/** Whether these two capital letters are the code of a country. */
export function isCountryCode(code: string): boolean {
  return codes.has(code);
}

/** The code that a person meant by another one: UK, DEU or de; undefined for a code of its own and for what is none. */
export function meantCountryCode(written: string): string | undefined {
  if (codes.has(written)) return undefined;
  const upper = written.trim().toUpperCase();
  if (codes.has(upper)) return upper;
  return aliases.get(upper) ?? byThree.get(upper);
}
