// Package examples has no code: each folder is a bot, and the tests here hold the
// built modules to the contract of package abi.
package examples
