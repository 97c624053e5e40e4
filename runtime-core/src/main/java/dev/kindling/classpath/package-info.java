/**
 * The user's classes: which jars and directories they come from, and the loader that keeps them apart from ours, so
 * that a program may bring other versions of the libraries we use. The same loader serves driver and executors.
 *
 * <p>May depend on: {@code api}, {@code util}. Start reading at {@link dev.kindling.classpath.UserClassLoader}.
 */
package dev.kindling.classpath;
