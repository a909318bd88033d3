package guest

// Forget forgets everything that was registered, so that the next test or example
// begins as a bot does.
func Forget() { registered = registry{} }
