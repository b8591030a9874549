package io.roomcast.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Clock;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client library against a server that talks nonsense: what is none of it is delivered, and nobody is hammered. */
class HostileServerIT extends ScriptedLibrary {
    private static final List<String> NONSENSE = List.of(
            "null",
            "5",
            "[]",
            "[{'type':'message'}]",
            "{",
            "{}",
            "{'type':5}",
            "{'type':null,'room':'lobby'}",
            "{'type':'__proto__','room':'__proto__'}",
            "{'type':'constructor','room':'constructor'}",
            "{'__proto__':{'type':'message','room':'lobby','offset':1,'sender':'x','content':'x','at':1}}",
            "{'type':'message','room':'lobby'}",
            "{'type':'message','room':'lobby','offset':'1','sender':'bob','content':'x','at':1}",
            "{'type':'message','room':'lobby','offset':null,'sender':'bob','content':'x','at':1}",
            "{'type':'message','room':'lobby','offset':-1,'sender':'bob','content':'x','at':1}",
            "{'type':'message','room':'lobby','offset':1.5,'sender':'bob','content':'x','at':1}",
            "{'type':'message','room':'lobby','offset':1e300,'sender':'bob','content':'x','at':1}",
            "{'type':'message','room':'lobby','offset':1,'sender':{},'content':'x','at':1}",
            "{'type':'message','room':'lobby','offset':1,'sender':'bob','content':['x'],'at':1}",
            "{'type':'message','room':'lobby','offset':1,'sender':'bob','content':null,'data':1,'at':1}",
            "{'type':'message','room':'lobby','offset':1,'sender':'bob','at':1}",
            "{'type':'message','room':'lobby','offset':1,'sender':'bob','data':1,'meta':5,'at':1}",
            "{'type':'message','room':'lobby','offset':1,'sender':'bob','data':1,'meta':{'a':1},'at':1}",
            "{'type':'message','room':'lobby','offset':1,'sender':'bob','content':'x','at':'now'}",
            "{'type':'message','room':'lobby','offset':1,'sender':'bob','content':'x','at':1e300}",
            "{'type':'message','room':{'toString':1},'offset':1,'sender':'bob','content':'x','at':1}",
            "{'type':'behind','room':'lobby','epoch':5,'from':1,'offset':9}",
            "{'type':'behind','room':'lobby','epoch':'e1','from':'x','offset':{}}",
            "{'type':'behind','room':'lobby','epoch':'e1','from':1,'offset':1e400}",
            "{'type':'presence','room':'lobby','joined':5}",
            "{'type':'presence','room':'lobby','joined':[5,null],'left':{}}",
            "{'type':'presence','room':'lobby','joined':null,'left':null,'count':'many'}",
            "{'type':'signal','room':'lobby','signal':5,'sender':null}",
            "{'type':'joined','room':'lobby','epoch':null,'offset':'x'}",
            "{'type':'ack','idempotencyKey':5,'room':'lobby','epoch':'e1','offset':'x'}",
            "{'type':'error','id':'x','code':{},'text':[]}",
            "{'type':'welcome'}",
            "{'type':'history','id':1,'room':'lobby','epoch':'e1','messages':'all','more':1}");

    @Test
    void nonsenseIsLeftOutAndTheRestArrives() {
        page.join();
        page.evaluate(
                "() => room.addEventListener('presence', ({ detail }) => detail.joined.map((name) => name.length))");
        for (int i = 0; i < NONSENSE.size(); i++) {
            server.sendTogether(List.of(NONSENSE.get(i).replace('\'', '"'), ScriptedServer.message("lobby", i + 1)));
        }
        page.waitFor("messages.length >= " + NONSENSE.size());
        assertEquals(
                true,
                page.evaluate("messages.every(({ offset, sender, content }, i) => offset === i + 1 && sender === 'bob'"
                        + " && content === `m${offset}`)"));
        assertEquals((long) NONSENSE.size(), ((Number) page.evaluate("room.position.offset")).longValue());
        assertEquals(true, page.evaluate("rc.state === 'open' && room.state === 'joined'"));
        assertEquals(List.of(), page.evaluate("events.map(({ type }) => type).filter((type) => type === 'gap')"));
        assertEquals(true, page.evaluate("({}).type === undefined"), "no prototype was touched");
    }

    /** A pause that is longer than any timer knows must not become none. */
    @Test
    void aPauseWithoutEndIsNoReasonToHammer() {
        person.page().clock().install(new Clock.InstallOptions().setTime(0));
        server.on(
                "hello",
                frame -> server.send("{'type':'welcome','user':'ann','node':'script','heartbeatMs':1e13,"
                        + "'limits':{'frameBytes':0,'contentBytes':0,'rooms':0}}"));
        server.on("publish", frame -> refuse(frame, "busy"));
        page.join();
        server.send("{'type':'draining','reconnectAfterMs':1e13}");
        page.evaluate("() => { say('hello'); }");
        page.waitFor("events.some(({ type }) => type === 'delayed')");
        person.page().clock().runFor(60_000);
        assertEquals(1, server.connections());
        assertEquals(1, server.received("publish").size());
        assertEquals(0, server.received("ping").size());
    }

    @Test
    void aTokenThatIsGoodForLongerIsShownAgainInTime() {
        person.page().clock().install(new Clock.InstallOptions().setTime(0));
        server.on(
                "hello",
                frame -> server.send(
                        "{'type':'welcome','user':'ann','node':'script','heartbeatMs':0,'expiresInMs':100000,"
                                + "'limits':{'frameBytes':0,'contentBytes':0,'rooms':0}}"));
        int[] left = {0, 100_000, 100_000, 25_000};
        server.on(
                "refresh",
                frame -> server.send(
                        "{'type':'refreshed','id':%s,'expiresInMs':%s}",
                        frame.getInt("id"), left[server.received("refresh").size()]));
        page.evaluate("""
                async () => {
                    const { Roomcast } = await import('/roomcast/js/roomcast.js');
                    window.rc = new Roomcast({ token: 'the only one' });
                    await new Promise((open) => rc.addEventListener('open', open));
                }""");
        person.page().clock().runFor(75_200);
        person.page().waitForCondition(() -> server.received("refresh").size() == 1);
        person.page().clock().runFor(75_200);
        person.page().waitForCondition(() -> server.received("refresh").size() == 2);
        assertEquals("the only one", server.received("refresh").get(1).getString("token"));
        person.page().clock().runFor(75_200);
        person.page().waitForCondition(() -> server.received("refresh").size() == 3);
        person.page().clock().runFor(24_000);
        assertEquals(3, server.received("refresh").size(), "its own end is near: there is nothing more to be won");
    }

    private void refuse(JsonObject publish, String code) {
        server.send(
                "{'type':'error','id':%s,'idempotencyKey':%s,'room':'lobby','code':%s,'text':'not now',"
                        + "'retryAfterMs':1e13}",
                publish.getInt("id"), publish.getString("idempotencyKey"), code);
    }
}
