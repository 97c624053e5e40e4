/**
 * For the tests of programs that use Kindling: a JUnit 5 extension that gives them a context. Public API. JUnit is an
 * optional dependency; who uses this package has it anyway.
 *
 * <p>May depend on: api, JUnit. Start reading at {@link dev.kindling.testkit.KindlingExtension}.
 */
package dev.kindling.testkit;
