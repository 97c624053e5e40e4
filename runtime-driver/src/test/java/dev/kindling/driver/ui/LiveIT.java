package dev.kindling.driver.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.driver.page.Browser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A run that is looked at in a real browser while it goes on. Where the machine has none, it is skipped and says so. */
class LiveIT {
    @Test
    void thePageOfARunningApplicationFollowsItToItsEnd() throws Exception {
        Optional<Path> chromium = Browser.find();
        assumeTrue(chromium.isPresent(), "SKIPPED: there is no chromium on the PATH, so no live page was seen");
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        KindlingContext kindling;
        try {
            System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
            kindling = new KindlingContext(new KindlingConf(false)
                    .setMaster("local[2]")
                    .setAppName("seen live")
                    .set("kindling.ui.enabled", "true")
                    .set("kindling.ui.port", "0"));
        } finally {
            System.setErr(err);
        }
        String line = said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(text -> text.startsWith("this run is shown at "))
                .findFirst()
                .orElseThrow();
        String address = line.substring("this run is shown at ".length());
        assertEquals(Optional.of(URI.create(address)), kindling.uiUri());

        try (Browser browser = Browser.start(chromium.get())) {
            try (kindling) {
                browser.open(address, "document.querySelector('h1')");
                assertEquals("seen live", browser.evaluate("document.querySelector('h1').textContent"));
                assertEquals("", browser.evaluate("location.hash"), "the token is not left in the address");
                browser.evaluate("document.querySelector('#graph details').open = true");
                assertEquals(4, kindling.parallelize(List.of(1, 2, 3, 4), 4).count());

                browser.await("document.querySelectorAll('#timeline .bar').length === 4");
                assertEquals(true, browser.evaluate("document.querySelector('.eyebrow').matches('.running')"));
                assertEquals(true, browser.evaluate("document.querySelector('#graph details').open"));
            }
            browser.await("!document.querySelector('.eyebrow').matches('.running')");
            assertEquals(4L, browser.evaluate("document.querySelectorAll('#timeline .bar').length"));
            assertEquals(List.of(), browser.complaints());
            assertThrows(
                    IOException.class,
                    () -> new Socket("127.0.0.1", URI.create(address).getPort()).close());

            followBehindAProxy(browser);
            browser.open("data:text/html,<p>gone</p>", "document.querySelector('p')");
        }
        assertTrue(address.matches("http://127\\.0\\.0\\.1:\\d+/#[0-9a-f]{32}"), address);
    }

    /** The page lies below a path there, and asks again and again for what is told without end elsewhere. */
    private static void followBehindAProxy(Browser browser) throws Exception {
        try (UiServer shown = UiServer.start(0, Optional.of(UiServerTest.proxyAt("127.0.0.1", user -> true)))) {
            shown.onEvent(new Event.ApplicationStart(Instant.EPOCH, "app", "behind a proxy"));
            browser.open(shown.addressForProxy().toString(), "document.querySelector('h1')");
            assertEquals("behind a proxy", browser.evaluate("document.querySelector('h1').textContent"));
            assertEquals(true, browser.evaluate("document.querySelector('.eyebrow').matches('.running')"));

            shown.onEvent(new Event.ApplicationEnd(Instant.ofEpochMilli(5), 0));
            browser.await("!document.querySelector('.eyebrow').matches('.running')");
        }
    }
}
