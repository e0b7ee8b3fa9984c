/// Runs programs nobody trusts.
package dev.tramontane.tools.sandbox;
