package dev.kindling.arch.planted.driver;

/** Planted: the command line outside its package. */
public record PrintsHelp(picocli.CommandLine line) {}
