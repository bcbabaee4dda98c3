// What each preset takes together, in traces as programs write them.

import Testing

@Suite struct MultilinePresetTests {
    /// The numbers of lines of the records of `log`.
    private func lineCounts(_ head: String, _ log: String) throws -> [Int] {
        try messages(head, log).map { $0.split(separator: "\n", omittingEmptySubsequences: false).count }
    }

    @Test func javaTracesGoWithTheLineBefore() throws {
        let log = """
            2026-11-23 06:37:03 ERROR c.e.Shop - order failed user=u1
            java.lang.IllegalStateException: no stock
            \tat com.example.Shop.order(Shop.java:12)
            \tat java.base/java.lang.Thread.run(Thread.java:1583)
            \tSuppressed: java.io.IOException: closed
            \t\t... 12 more
            Caused by: com.example.OutOfStockException
            \tat com.example.Stock.take(Stock.java:7)
            \t... 2 more
            2026-11-23 06:37:04 INFO c.e.Shop - Exception handling is on
            com.example.Shop: started

            """
        #expect(try lineCounts("multiline: { preset: java }", log) == [9, 1, 1])
    }

    @Test func pythonTracesGoWithTheLineBeforeAlsoWhenChained() throws {
        let log = """
            ERROR:root:order failed user=u1
            Traceback (most recent call last):
              File "shop.py", line 3, in order
                stock[1]
            KeyError: 1

            During handling of the above exception, another exception occurred:

            Traceback (most recent call last):
              File "shop.py", line 5, in order
                raise OutOfStock from None
            shop.errors.OutOfStock: nothing left
            INFO:root:next
            shop.views: started

            """
        #expect(try lineCounts("multiline: { preset: python }", log) == [12, 1, 1])
    }

    @Test func rubyTracesGoWithTheLineBefore() throws {
        let log = """
            E, [2026-11-23T06:37:03.066123 #812] ERROR -- : NoMethodError (undefined method `x' for nil):
            app/controllers/orders_controller.rb:12:in `create'
            lib/shop.rb:3:in 'Shop#order'
            \tfrom lib/shop.rb:9:in `<main>'

            Caused by:
            I, [2026-11-23T06:37:04.066123 #812]  INFO -- : next
            shop.rb:1:in `order': boom (RuntimeError)
            \tfrom shop.rb:3:in `<main>'

            """
        #expect(try lineCounts("multiline: { preset: ruby }", log) == [4, 2, 1, 2])
    }

    @Test func goPanicsGoWithTheLineBefore() throws {
        let log = """
            2026/11/23 06:37:03 http: panic serving 192.0.2.7:50022: no stock
            goroutine 7 [running]:
            net/http.(*conn).serve.func1()
            \t/usr/local/go/src/net/http/server.go:1947 +0xbe
            panic({0x6a1b20?, 0xc000014250?})
            \t/usr/local/go/src/runtime/panic.go:787 +0x132
            example.com/shop/stock.Take[...](0x1)
            \t/src/stock.go:7 +0x1d
            created by net/http.(*Server).Serve in goroutine 1
            \t/usr/local/go/src/net/http/server.go:3360 +0x485

            goroutine 1 [chan receive]:
            main.main()
            \t/src/main.go:9 +0x1d
            exit status 2
            2026/11/23 06:37:04 next

            """
        #expect(try lineCounts("multiline: { preset: go }", log) == [15, 1])
    }
}
