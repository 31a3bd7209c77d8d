//! How our words lie in columns: ids as 16 bytes, moments as microseconds, states as text.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, Nullable, SingleValue, Text};

use crate::domain;

/// The conversions that diesel's derives would write, for types of the domain
/// room, which may not name diesel.
macro_rules! column {
    ($type:ty, $sql:ty) => {
        impl AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<$sql> for &'a $type {
            type Expression = Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl AsExpression<Nullable<$sql>> for $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<'a> AsExpression<Nullable<$sql>> for &'a $type {
            type Expression = Bound<Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
        impl<DB> ToSql<Nullable<$sql>, DB> for $type
        where
            DB: Backend,
            Self: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                ToSql::<$sql, DB>::to_sql(self, out)
            }
        }
        impl<DB, ST> Queryable<ST, DB> for $type
        where
            DB: Backend,
            ST: SingleValue,
            Self: FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self::Row) -> deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

macro_rules! id_columns {
    ($($type:ident),* $(,)?) => {$(
        column!(domain::$type, Binary);
        impl<DB> ToSql<Binary, DB> for domain::$type
        where
            DB: Backend,
            [u8]: ToSql<Binary, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <[u8] as ToSql<Binary, DB>>::to_sql(self.0.as_bytes().as_slice(), out)
            }
        }
        impl<DB> FromSql<Binary, DB> for domain::$type
        where
            DB: Backend,
            Vec<u8>: FromSql<Binary, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let bytes = <Vec<u8> as FromSql<Binary, DB>>::from_sql(bytes)?;
                Ok(Self(uuid::Uuid::from_slice(&bytes)?))
            }
        }
    )*};
}

macro_rules! text_columns {
    ($($type:ty),* $(,)?) => {$(
        column!($type, Text);
        impl<DB> ToSql<Text, DB> for $type
        where
            DB: Backend,
            str: ToSql<Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <str as ToSql<Text, DB>>::to_sql(self.as_str(), out)
            }
        }
        impl<DB> FromSql<Text, DB> for $type
        where
            DB: Backend,
            String: FromSql<Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<Text, DB>>::from_sql(bytes)?;
                text.parse().map_err(|_| format!("unknown {} `{text}`", stringify!($type)).into())
            }
        }
    )*};
}

id_columns!(
    AccountId,
    SessionId,
    FamilyId,
    CalleeId,
    SlotId,
    PauseId,
    DeviceId,
    PushAddressId,
    PairingId,
    CallId,
    AttemptId,
    GroupId,
    WebhookId,
    AlertId,
    JobId,
    NoticeBrowserId,
    FamilyMessageId,
    NoticeId,
    TimelineId,
    NodeId,
);

text_columns!(
    domain::CallMethod,
    domain::CallReason,
    domain::CallState,
    domain::AttemptState,
    domain::Role,
    domain::StaffRole,
    domain::Locale,
    domain::DeviceState,
    domain::DevicePlatform,
    domain::WebhookState,
    domain::AlertState,
    domain::AlertKind,
    domain::LinkPurpose,
    domain::NoticeEvent,
    domain::NoticeWay,
    domain::TextState,
    domain::PluginState,
    super::bodies::Codec,
);

column!(domain::Moment, BigInt);
impl<DB> ToSql<BigInt, DB> for domain::Moment
where
    DB: Backend,
    i64: ToSql<BigInt, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <i64 as ToSql<BigInt, DB>>::to_sql(&self.0, out)
    }
}
impl<DB> FromSql<BigInt, DB> for domain::Moment
where
    DB: Backend,
    i64: FromSql<BigInt, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(<i64 as FromSql<BigInt, DB>>::from_sql(bytes)?))
    }
}
