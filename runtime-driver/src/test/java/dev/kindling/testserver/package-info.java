/**
 * Servers of other projects that tests need, each in a JVM and on a class path of its own. What tests hold of one is
 * {@link dev.kindling.testserver.ServerProcess}; what runs in it obeys a {@link dev.kindling.testserver.CommandLoop}.
 *
 * <p>Depends on the JDK only. Start reading at {@link dev.kindling.testserver.ServerProcess}.
 */
package dev.kindling.testserver;
