/**
 * Files and directories of this machine, behind the interfaces of {@code storage}. Paths are
 * {@code file:/dir/name}, or without the scheme, relative to the working directory.
 *
 * <p>May depend on {@code storage}, {@code api} and {@code util}. Start reading at
 * {@link dev.kindling.storage.local.LocalObjectStore} and {@link dev.kindling.storage.local.LocalOutputStore}.
 */
package dev.kindling.storage.local;
