// Command bench measures the host against its references, side by side in one
// run, and prints ratios: absolute figures of a shared machine say little.
//
// It is run by make bench. The servers run as processes of their own, so that
// their processor time can be told from that of the load; load and servers talk
// over loopback.
package main
