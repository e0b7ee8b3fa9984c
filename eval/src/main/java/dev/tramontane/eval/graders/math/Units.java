package dev.tramontane.eval.graders.math;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// The units that answers come in, by every name they go by.
final class Units {
    private Units() {}

    /// A line a unit: how many of the base, the base with its power, then the names. A power of 0
    /// measures nothing but counts.
    private static final String TABLE =
            """
            1 m 1 m metre metres meter meters mètre mètres metro metros metri метр метров метра メートル 米
            1/10 m 1 dm decimetre decimeter decimeters
            1/100 m 1 cm centimetre centimetres centimeter centimeters centimètres centímetros centimetri Zentimeter см 厘米
            1/1000 m 1 mm millimetre millimetres millimeter millimeters мм 毫米
            1000 m 1 km kilometre kilometres kilometer kilometers kilomètres kilómetros chilometri Kilometer км 公里 千米
            1/1000000 m 1 µm μm micrometer micrometers micron microns
            1/1000000000 m 1 nm nanometer nanometers nanometre nanometres
            127/5000 m 1 inch inches in.
            381/1250 m 1 ft foot feet
            1143/1250 m 1 yd yard yards
            201168/125 m 1 mi mile miles
            1 g 1 g gram grams gramme grammes gramm grammi gramos г
            1000 g 1 kg kilogram kilograms kilo kilos kilogramme кг 千克 公斤
            1/1000 g 1 mg milligram milligrams
            1/1000000 g 1 µg μg microgram micrograms
            1000000 g 1 tonne tonnes
            45359237/100000 g 1 lb lbs pound pounds
            45359237/1600000 g 1 oz ounce ounces
            1 s 1 s sec secs second seconds seconde secondes Sekunde Sekunden segundos secondi секунд с 秒
            60 s 1 min mins minute minutes Minute Minuten minutos minuti минут мин 分钟 分
            3600 s 1 h hr hrs hour hours heure heures Stunde Stunden horas ore часов часа ч 小时 時間
            86400 s 1 day days jour jours Tag Tage Tagen días giorni дней 天 日
            604800 s 1 week weeks semaine semaines Woche Wochen semanas settimane недель 周
            1/1000 s 1 ms millisecond milliseconds
            1/1000000 s 1 µs μs microsecond microseconds
            1 month 1 month months mois Monate meses mesi месяцев 个月
            1 year 1 year years yr yrs an ans Jahre Jahren años anni лет 年 岁 歳
            1 USD 1 dollar dollars $ USD 美元 доллар доллара долларов Dollar dólares dollari
            1/100 USD 1 cent cents ¢
            1 EUR 1 euro euros € EUR Euro
            1 GBP 1 £ GBP
            1/100 GBP 1 pence penny
            1 JPY 1 yen ¥ JPY 円 日元
            1 CNY 1 yuan CNY RMB 元
            1 INR 1 rupee rupees ₹ Rs INR
            1 deg 1 degree degrees ° deg degrés Grad grados gradi градусов 度
            1 celsius 1 °C celsius Celsius
            1 fahrenheit 1 °F fahrenheit Fahrenheit
            1 K 1 K kelvin kelvins Kelvin
            1/1000 m 3 L l liter liters litre litres litro litros litri Liter литр литров 升
            1/1000000 m 3 mL ml milliliter milliliters millilitre millilitres cc
            473176473/125000000000 m 3 gallon gallons gal
            10000 m 2 hectare hectares ha
            1 N 1 N newton newtons Newton
            1 J 1 J joule joules
            1000 J 1 kJ kilojoule kilojoules
            1 eV 1 eV
            1 W 1 W watt watts
            1000 W 1 kW kilowatt kilowatts
            1 V 1 V volt volts
            1 A 1 A ampere amperes amp amps
            1 ohm 1 Ω Omega ohm ohms
            1 Hz 1 Hz hertz
            1000 Hz 1 kHz
            1000000 Hz 1 MHz
            1 Pa 1 Pa pascal pascals
            1000 Pa 1 kPa
            101325 Pa 1 atm
            1 mol 1 mol mole moles
            1 C 1 C coulomb coulombs
            1 T 1 T tesla
            1 bit 1 bit bits
            8 bit 1 byte bytes
            1 rad 0 rad radian radians
            """;

    private static final Map<String, Unit> BY_NAME = table();

    private static Map<String, Unit> table() {
        Map<String, Unit> units = new HashMap<>();
        for (String line : TABLE.strip().split("\n")) {
            String[] words = line.split(" ");
            String[] scale = words[0].split("/");
            var unit =
                    new Unit(
                            Rational.of(
                                    Long.parseLong(scale[0]),
                                    scale.length == 1 ? 1 : Long.parseLong(scale[1])),
                            words[2].equals("0")
                                    ? Map.of()
                                    : Map.of(words[1], Integer.parseInt(words[2])));
            for (int i = 3; i < words.length; i++) {
                units.put(words[i], unit);
            }
        }
        units.put("mph", in(units, "mi").times(in(units, "h").pow(-1)));
        units.put("kmh", in(units, "km").times(in(units, "h").pow(-1)));
        units.put("kph", in(units, "kmh"));
        return Map.copyOf(units);
    }

    private static Unit in(Map<String, Unit> units, String name) {
        return Objects.requireNonNull(units.get(name), name);
    }

    /// A unit by its name; names of one or two letters are told apart by case.
    static Optional<Unit> named(String name) {
        Unit unit = BY_NAME.get(name);
        if (unit == null && name.length() > 2) {
            unit = BY_NAME.get(name.toLowerCase(Locale.ROOT));
        }
        return Optional.ofNullable(unit);
    }

    static boolean isUnit(String name) {
        return named(name).isPresent();
    }
}
