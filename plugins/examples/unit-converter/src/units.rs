//! The units and how they convert. Nothing here knows of bots.

use Quantity::*;

/// What a unit measures. Units of one quantity convert to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    Length,
    Mass,
    Volume,
    Temperature,
}

impl Quantity {
    pub fn name(self) -> &'static str {
        match self {
            Length => "a length",
            Mass => "a mass",
            Volume => "a volume",
            Temperature => "a temperature",
        }
    }
}

/// A unit. So many of the base unit are `scale` times the number, plus `offset`.
pub struct Unit {
    /// How it is written behind a number.
    pub symbol: &'static str,
    /// The singular, the plural, and other words for it.
    pub names: &'static [&'static str],
    pub quantity: Quantity,
    scale: f64,
    offset: f64,
}

const fn unit(
    symbol: &'static str, names: &'static [&'static str], quantity: Quantity, scale: f64,
) -> Unit {
    Unit { symbol, names, quantity, scale, offset: 0.0 }
}

/// All units. Base units are metre, kilogram, litre and kelvin; the others are as the
/// treaties of 1959 and 1954 fix them, so that the numbers are exact.
pub static UNITS: &[Unit] = &[
    unit("mm", &["millimetre", "millimetres", "millimeter", "millimeters"], Length, 0.001),
    unit("cm", &["centimetre", "centimetres", "centimeter", "centimeters"], Length, 0.01),
    unit("m", &["metre", "metres", "meter", "meters"], Length, 1.0),
    unit("km", &["kilometre", "kilometres", "kilometer", "kilometers"], Length, 1000.0),
    unit("inches", &["inch"], Length, 0.0254),
    unit("ft", &["foot", "feet"], Length, 0.3048),
    unit("yd", &["yard", "yards"], Length, 0.9144),
    unit("mi", &["mile", "miles"], Length, 1609.344),
    unit("g", &["gram", "grams", "gramme", "grammes"], Mass, 0.001),
    unit("kg", &["kilogram", "kilograms", "kilo", "kilos"], Mass, 1.0),
    unit("t", &["tonne", "tonnes"], Mass, 1000.0),
    unit("oz", &["ounce", "ounces"], Mass, 0.028349523125),
    unit("lb", &["pound", "pounds", "lbs"], Mass, 0.45359237),
    unit("ml", &["millilitre", "millilitres", "milliliter", "milliliters"], Volume, 0.001),
    unit("l", &["litre", "litres", "liter", "liters"], Volume, 1.0),
    unit("gal", &["gallon", "gallons"], Volume, 3.785411784),
    unit("pt", &["pint", "pints"], Volume, 0.473176473),
    unit("K", &["kelvin", "kelvins"], Temperature, 1.0),
    Unit {
        symbol: "°C",
        names: &["C", "celsius", "degrees celsius", "centigrade"],
        quantity: Temperature,
        scale: 1.0,
        offset: 273.15,
    },
    Unit {
        symbol: "°F",
        names: &["F", "fahrenheit", "degrees fahrenheit"],
        quantity: Temperature,
        scale: 5.0 / 9.0,
        offset: 459.67 * 5.0 / 9.0,
    },
];

/// Finds a unit by its symbol, which the bot's definition makes of all its names.
pub fn named(symbol: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|u| u.symbol == symbol)
}

/// Why an amount cannot be converted.
#[derive(Debug, PartialEq)]
pub enum Fault {
    /// The units measure different things.
    Different(Quantity, Quantity),
    /// Nothing is so cold, or so short.
    BelowNothing(Quantity),
}

/// Converts an amount.
pub fn convert(amount: f64, from: &Unit, to: &Unit) -> Result<f64, Fault> {
    if from.quantity != to.quantity {
        return Err(Fault::Different(from.quantity, to.quantity));
    }
    let base = amount * from.scale + from.offset;
    // Not quite 0: the offset of Fahrenheit is no number of finite digits.
    if base < -1e-9 {
        return Err(Fault::BelowNothing(from.quantity));
    }
    Ok((base - to.offset) / to.scale)
}

/// Writes a number as people do: four digits that mean something, or all in front of the
/// point, and no zeros at the end.
pub fn number(value: f64) -> String {
    if value.abs() < 1e-9 {
        return "0".to_string();
    }
    let digits = 3 - value.abs().log10().floor() as i32;
    let mut text = format!("{:.*}", digits.clamp(0, 12) as usize, value);
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(amount: f64, from: &str, to: &str) -> Result<String, Fault> {
        convert(amount, named(from).unwrap(), named(to).unwrap()).map(number)
    }

    #[test]
    fn converts() {
        for (amount, from, to, want) in [
            (1.0, "mi", "km", "1.609"),
            (26.2, "mi", "km", "42.16"),
            (1.0, "inches", "mm", "25.4"),
            (12.0, "inches", "ft", "1"),
            (100.0, "kg", "lb", "220.5"),
            (1234567.0, "m", "km", "1235"),
            (212.0, "°F", "°C", "100"),
            (-40.0, "°C", "°F", "-40"),
            (0.0, "K", "°C", "-273.1"),
            (-459.67, "°F", "K", "0"),
        ] {
            assert_eq!(converted(amount, from, to).unwrap(), want, "{amount} {from} in {to}");
        }
    }

    #[test]
    fn refuses() {
        assert_eq!(converted(1.0, "kg", "m"), Err(Fault::Different(Mass, Length)));
        assert_eq!(converted(-300.0, "°C", "K"), Err(Fault::BelowNothing(Temperature)));
    }
}
