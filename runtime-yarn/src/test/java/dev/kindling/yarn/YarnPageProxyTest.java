package dev.kindling.yarn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.config.Config;
import java.net.InetAddress;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.junit.jupiter.api.Test;

/** Who sees an application's page through YARN's proxy. */
class YarnPageProxyTest {
    private static YarnPageProxy proxy(Configuration settings, String... keysAndValues) {
        Config config = Config.parse(keysAndValues.length == 0 ? Map.of() : Map.of(keysAndValues[0], keysAndValues[1]));
        return new YarnPageProxy(settings, config, "10.0.0.9", "ann", false);
    }

    private static Configuration withProxyAt(String address) {
        Configuration settings = new YarnConfiguration();
        settings.set(YarnConfiguration.PROXY_ADDRESS, address);
        return settings;
    }

    @Test
    void onlyItsUserLooksUnlessOthersAreNamed() {
        YarnPageProxy own = proxy(new YarnConfiguration());
        assertTrue(own.mayLook("ann"));
        assertFalse(own.mayLook("ben"));
        assertFalse(own.mayLook(""));

        YarnPageProxy shared = proxy(new YarnConfiguration(), "kindling.yarn.viewAcl", "ben,dr.who");
        assertTrue(shared.mayLook("ann"));
        assertTrue(shared.mayLook("dr.who"));
        assertFalse(shared.mayLook("carl"));
        assertFalse(shared.mayLook(""));

        assertTrue(proxy(new YarnConfiguration(), "kindling.yarn.viewAcl", "*").mayLook(""));
    }

    @Test
    void onlyTheAddressOfTheProxyIsTheProxy() throws Exception {
        YarnPageProxy proxy = proxy(withProxyAt("10.0.0.7:9099"));

        assertTrue(proxy.isProxy(InetAddress.getByName("10.0.0.7")));
        assertFalse(proxy.isProxy(InetAddress.getByName("10.0.0.8")));
        assertFalse(proxy.isProxy(InetAddress.getByName("127.0.0.1")), "it is on another machine");
        assertTrue(proxy(withProxyAt("127.0.0.1:9099")).isProxy(InetAddress.getByName("127.0.0.2")), "on this one");
    }

    @Test
    void pagesAreBehindTheProxyByTheNameOfTheApplication() {
        assertEquals(
                "http://10.0.0.7:9099/proxy/application_1_2/",
                YarnPageProxy.pagesOf("application_1_2", withProxyAt("10.0.0.7:9099")));
    }
}
