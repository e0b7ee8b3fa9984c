package dev.tramontane.chat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Units of measure behind numbers, as answers in nine languages spell them: `5 kilometers`, `5
/// километров` and `5 km` are one, `5 m` is another. What is none of them (`5 apples`) is no unit.
final class Units {
    /// A line for each unit: its symbol, then its names; a star ends the beginning of a word. Names
    /// that are other words as well (`in`, `an`, `分`) are left out.
    private static final String TABLE =
            """
            mm millimeter millimeters millimetre millimetres millimètre millimètres milímetro milímetros millimetro millimetri миллиметр* 毫米 ミリメートル ملم
            cm centimeter centimeters centimetre centimetres centimètre centimètres zentimeter centímetro centímetros centimetro centimetri сантиметр* см 厘米 センチメートル سم
            m meter meters metre metres mètre mètres metern metro metros metri метр* м 米 メートル متر أمتار
            km kilometer kilometers kilometre kilometres kilomètre kilomètres kilometern kilómetro kilómetros chilometro chilometri километр* км 公里 千米 キロメートル كم كيلومتر كيلومترات
            inch inches zoll pouce pouces pulgada pulgadas pollice pollici дюйм* 英寸 インチ بوصة
            ft foot feet
            yd yard yards
            mi mile miles meile meilen milla millas miglio miglia миля мили миль 英里 マイル ميل أميال
            mg milligram milligrams milligramm milligramme milligrammes miligramo miligramos milligrammo milligrammi миллиграмм* мг 毫克 ミリグラム
            g gram grams gramm gramme grammes gramo gramos grammo grammi грамм* г 克 グラム غرام جرام
            kg kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos chilogrammo chilogrammi chilo chili килограмм* кг 公斤 千克 キログラム كغ كيلوغرام
            t ton tons tonne tonnes tonnen tonelada toneladas tonnellata tonnellate тонн* 吨 トン طن
            lb lbs
            oz ounce ounces
            ms millisecond milliseconds millisekunden
            s sec secs second seconds seconde secondes sekunde sekunden segundo segundos secondo secondi секунд* 秒 秒钟 ثانية ثوان ثواني
            min mins minute minutes minuten minuto minutos minuti минут* мин 分钟 دقيقة دقائق
            h hr hrs hour hours heure heures stunde stunden hora horas ora ore час часа часов 小时 時間 ساعة ساعات
            d day days jour jours tage tagen día días dia dias giorno giorni день дня дней 天 日 يوم أيام
            wk week weeks semaine semaines woche wochen semana semanas settimana settimane недел* 周 週間 أسبوع أسابيع
            mo month months mois monat monate monaten mes meses mese mesi месяц* 个月 か月 شهر أشهر
            yr year years ans année années jahr jahre jahren año años anno anni год года лет 年 سنة سنوات
            ml milliliter milliliters millilitre millilitres mililitro mililitros millilitro millilitri миллилитр* мл 毫升 ミリリットル
            l liter liters litre litres litern litro litros litri литр* л 升 リットル لتر
            cm² cm^2 cm2 square-centimeters square-centimetres quadratzentimeter 平方厘米
            m² m^2 m2 square-meters square-metres sq-m mètres-carrés quadratmeter metros-cuadrados metri-quadrati квадратных-метров 平方米 平方メートル
            km² km^2 km2 square-kilometers square-kilometres quadratkilometer 平方公里
            ft² ft^2 square-feet sq-ft
            ha hectare hectares hektar гектар* 公顷
            cm³ cm^3 cm3 cubic-centimeters cubic-centimetres kubikzentimeter 立方厘米
            m³ m^3 m3 cubic-meters cubic-metres kubikmeter 立方米
            km/h kmh kph km/hr kilometers-per-hour kilometres-per-hour kilomètres-par-heure kilómetros-por-hora км/ч 公里/小时
            m/s meters-per-second metres-per-second mètres-par-seconde м/с 米/秒
            mph mi/h miles-per-hour
            °C degrees-c celsius degrees-celsius degrés-celsius grad-celsius
            °F degrees-f fahrenheit degrees-fahrenheit
            kelvin kelvins
            ct cent cents centime centimes
            $ dollar dollars usd 美元 ドル دولار
            € euro euros eur евро 欧元 ユーロ يورو
            £ gbp
            ¥ yen jpy 円 日元
            元 yuan cny rmb 人民币
            ₽ руб*
            % percent pourcent prozent процент* パーセント
            """;

    private static final int MOST_WORDS = 3;

    /// A word, or what stands for one. Scripts without spaces have the next word right behind.
    private static final Pattern WORD =
            Pattern.compile(
                    "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}ー]+|[\\p{L}\\p{M}°²³/^0-9]+|\\p{Sc}");

    private static final Map<String, String> SYMBOLS = new HashMap<>();
    private static final Map<String, String> STEMS = new HashMap<>();

    static {
        TABLE.lines()
                .map(line -> List.of(line.split(" ")))
                .forEach(names -> names.forEach(name -> put(name, names.getFirst())));
    }

    private Units() {}

    private static void put(String name, String symbol) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith("*")) {
            STEMS.put(lower.substring(0, lower.length() - 1), symbol);
        } else {
            SYMBOLS.put(lower, symbol);
        }
    }

    /// The unit at a text's beginning, which stands right behind a number: its symbol.
    ///
    /// Without a space between them a single letter is no unit: `5m` may be a product.
    static Optional<String> leading(String behind) {
        String text = behind.stripLeading();
        boolean apart = text.length() < behind.length();
        String[] words = words(text);
        for (int count = words.length; count > 0; count--) {
            Optional<String> symbol = symbol(String.join("-", Arrays.copyOf(words, count)));
            boolean isLetter = count == 1 && words[0].length() == 1 && isLatin(words[0].charAt(0));
            if (symbol.isPresent() && (apart || !isLetter)) {
                return symbol;
            }
        }
        return Optional.empty();
    }

    private static boolean isLatin(char letter) {
        return Character.UnicodeScript.of(letter) == Character.UnicodeScript.LATIN;
    }

    /// The first words, with one space between them.
    private static String[] words(String text) {
        var words = new String[MOST_WORDS];
        int count = 0;
        Matcher word = WORD.matcher(text);
        for (int at = 0; count < MOST_WORDS && word.find() && word.start() == at; ) {
            words[count++] = word.group();
            at = word.end() < text.length() && text.charAt(word.end()) == ' ' ? word.end() + 1 : -1;
        }
        return Arrays.copyOf(words, count);
    }

    private static Optional<String> symbol(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String known = SYMBOLS.get(lower);
        if (known != null) {
            return Optional.of(known);
        }
        return STEMS.keySet().stream().filter(lower::startsWith).findFirst().map(STEMS::get);
    }
}
