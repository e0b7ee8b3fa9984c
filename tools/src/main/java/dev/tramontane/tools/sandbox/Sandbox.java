package dev.tramontane.tools.sandbox;

/// Runs a program nobody trusts.
public interface Sandbox {}
