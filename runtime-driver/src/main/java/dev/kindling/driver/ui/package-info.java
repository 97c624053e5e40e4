/**
 * A run while it goes on, on the loopback address or behind the proxy of a cluster: the page, told anew by server-sent events, and its status as JSON by
 * the paths and names of Spark's {@code /api/v1}. The one door to the JDK's HTTP server.
 *
 * <p>May depend on: api, util, protocol, event, driver.page. Start reading at
 * {@link dev.kindling.driver.ui.UiServer}.
 */
package dev.kindling.driver.ui;
