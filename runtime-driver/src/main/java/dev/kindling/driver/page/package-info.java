/**
 * A run as a page: {@link dev.kindling.driver.page.RunFold} sums up events into a {@link dev.kindling.driver.page.Run},
 * {@link dev.kindling.driver.page.PageModel} is what is shown of it, already counted and cut to what fits on a screen, and
 * {@link dev.kindling.driver.page.PageHtml} the file. The page's script only draws.
 *
 * <p>May depend on: api, util, protocol, event, driver.lineage. Start reading at
 * {@link dev.kindling.driver.page.PageModel}.
 */
package dev.kindling.driver.page;
