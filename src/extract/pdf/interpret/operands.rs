//! Operands, gathered until their operator comes.

use std::rc::Rc;

use crate::extract::pdf::syntax::object::Parser;
use crate::extract::pdf::syntax::{Dict, File, Lexer, Object, Token};

/// Operands that are kept; no operator has more.
const MAX_OPERANDS: usize = 1 << 16;

/// An operand, or an item of the array that is the operand.
pub(super) enum Operand {
    Number(f64),
    Name(Rc<[u8]>),
    /// Bytes of a string: where they stand in the buffer.
    Text(usize, usize),
    Dict(Rc<Dict>),
}

/// The operands of one operator. Arrays are taken for their items: no operator
/// that matters has an array beside something else, but for a dash pattern.
#[derive(Default)]
pub(super) struct Operands {
    items: Vec<Operand>,
    buffer: Vec<u8>,
}

impl Operands {
    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.buffer.clear();
    }

    /// Adds what a token begins. False if the budget is spent.
    pub(super) fn push(
        &mut self,
        token: Token<'_>,
        lexer: &mut Lexer<'_>,
        content: &[u8],
        file: &File<'_, '_>,
    ) -> bool {
        if self.items.len() >= MAX_OPERANDS {
            self.clear();
            return file.meter.steps(MAX_OPERANDS as u64);
        }
        let item = match token {
            Token::Integer(value) => Operand::Number(value as f64),
            Token::Real(value) => Operand::Number(value),
            Token::Name(name) => Operand::Name(name.as_ref().into()),
            Token::Text(text) => {
                let start = self.buffer.len();
                self.buffer.extend_from_slice(&text);
                Operand::Text(start, self.buffer.len())
            }
            Token::DictStart => {
                let mut parser = Parser::new(content, lexer.at().saturating_sub(2), 10_000);
                let object = parser.object();
                lexer.jump(parser.lexer.at());
                if !file.meter.steps(parser.made) {
                    return false;
                }
                match object {
                    Some(Object::Dict(dict)) => Operand::Dict(dict),
                    _ => return true,
                }
            }
            Token::ArrayStart | Token::ArrayEnd | Token::DictEnd | Token::Word(_) => return true,
        };
        self.items.push(item);
        true
    }

    pub(super) fn items(&self) -> &[Operand] {
        &self.items
    }

    /// The bytes of a string.
    pub(super) fn bytes(&self, (start, end): (usize, usize)) -> &[u8] {
        self.buffer.get(start..end).unwrap_or_default()
    }

    /// The last `N` operands, if they are numbers.
    pub(super) fn numbers<const N: usize>(&self) -> Option<[f64; N]> {
        let from = self.items.len().checked_sub(N)?;
        let mut made = [0.0; N];
        for (value, item) in made.iter_mut().zip(self.items.get(from..)?) {
            match item {
                Operand::Number(number) => *value = *number,
                _ => return None,
            }
        }
        Some(made)
    }

    /// All numbers there are.
    pub(super) fn all_numbers(&self) -> Vec<f64> {
        let numbers = self.items.iter().filter_map(|item| match item {
            Operand::Number(number) => Some(*number),
            _ => None,
        });
        numbers.take(64).collect()
    }

    /// The last name.
    pub(super) fn name(&self) -> Option<&[u8]> {
        self.items.iter().rev().find_map(|item| match item {
            Operand::Name(name) => Some(&**name),
            _ => None,
        })
    }
}
