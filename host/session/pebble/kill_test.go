package pebble_test

func child() bool { return false }
