//! The names of a type's fields, asked of its `Deserialize`: so no list of keys stands twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// The keys that the struct `T` reads.
pub(super) fn fields_of<'de, T: Deserialize<'de>>() -> Vec<String> {
    match T::deserialize(Asker) {
        Err(Names(names)) => names.iter().map(|name| (*name).to_owned()).collect(),
        Ok(_) => Vec::new(),
    }
}

/// Deserializes nothing: it answers a struct's first question with an error that carries the names.
struct Asker;

#[derive(Debug)]
struct Names(&'static [&'static str]);

impl<'de> Deserializer<'de> for Asker {
    type Error = Names;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Names> {
        Err(Names(fields))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Names> {
        Err(Names(&[]))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl Error for Names {
    fn custom<T: fmt::Display>(_message: T) -> Self {
        Self(&[])
    }
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(", "))
    }
}

impl std::error::Error for Names {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_file() {
        assert_eq!(fields_of::<super::super::Sessions>(), ["idle_days", "absolute_days"]);
        assert!(fields_of::<String>().is_empty());
    }
}
