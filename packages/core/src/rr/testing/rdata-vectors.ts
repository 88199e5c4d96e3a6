/** One rdata in each of its forms. */
export interface RdataVector {
  /** The type's mnemonic. */
  readonly type: string;
  /** As somebody may write it. */
  readonly text: string;
  /** As it is printed, where that is not how it was written. */
  readonly printed?: string;
  /** In hexadecimal. */
  readonly wire: string;
  /** In hexadecimal, where canonical form is not what is on the wire. */
  readonly canonical?: string;
  /** Where the text comes from, or the rule that it shows. */
  readonly source: string;
}

/**
 * Rdata of every type that has a layout. But for OPT and TSIG, the octets are those that BIND 9.18 makes of the text (`named-rrchecker -u`).
 */
// oxfmt-ignore
export const RDATA_VECTORS: readonly RdataVector[] = [
  { type: 'A', text: '192.0.2.1', wire: 'c0000201', source: 'RFC 1035, section 3.4.1' },
  { type: 'A', text: '\\# 4 0A000001', printed: '10.0.0.1', wire: '0a000001', source: 'RFC 3597, section 5' },
  { type: 'NS', text: 'NS1.Example.COM.', wire: '034e5331074578616d706c6503434f4d00', canonical: '036e7331076578616d706c6503636f6d00', source: 'RFC 1035, section 3.3.11' },
  { type: 'NS', text: 'a\\.b\\\\c\\000\\@.example.', wire: '07612e625c630040076578616d706c6500', source: 'RFC 1035, section 5.1' },
  { type: 'MD', text: 'mail.example.', wire: '046d61696c076578616d706c6500', source: 'RFC 1035, section 3.3.4' },
  { type: 'MF', text: 'mail.example.', wire: '046d61696c076578616d706c6500', source: 'RFC 1035, section 3.3.5' },
  { type: 'CNAME', text: 'USC-ISIC.ARPA.', wire: '085553432d49534943044152504100', canonical: '087573632d69736963046172706100', source: 'RFC 1034, section 3.6.2' },
  { type: 'SOA', text: 'VENERA.ISI.EDU. Action\\.domains.ISI.EDU. 20 7200 600 3600000 60', wire: '0656454e4552410349534903454455000e416374696f6e2e646f6d61696e730349534903454455000000001400001c20000002580036ee800000003c', canonical: '0676656e6572610369736903656475000e616374696f6e2e646f6d61696e730369736903656475000000001400001c20000002580036ee800000003c', source: 'RFC 1035, section 5.3' },
  { type: 'SOA', text: 'ns1.example. hostmaster.example. 4294967295 1h30m 1W 2w3D4h5m6s 0', printed: 'ns1.example. hostmaster.example. 4294967295 5400 604800 1483506 0', wire: '036e7331076578616d706c65000a686f73746d6173746572076578616d706c6500ffffffff0000151800093a800016a2f200000000', source: 'units as BIND reads them' },
  { type: 'MB', text: 'mail.example.', wire: '046d61696c076578616d706c6500', source: 'RFC 1035, section 3.3.3' },
  { type: 'MG', text: 'mail.example.', wire: '046d61696c076578616d706c6500', source: 'RFC 1035, section 3.3.6' },
  { type: 'MR', text: 'mail.example.', wire: '046d61696c076578616d706c6500', source: 'RFC 1035, section 3.3.8' },
  { type: 'PTR', text: 'GW.LCS.MIT.EDU.', wire: '024757034c4353034d49540345445500', canonical: '026777036c6373036d69740365647500', source: 'RFC 1035, section 3.5' },
  { type: 'HINFO', text: 'VAX-11/780 UNIX', printed: '"VAX-11/780" "UNIX"', wire: '0a5641582d31312f37383004554e4958', source: 'RFC 1034, section 3.6' },
  { type: 'HINFO', text: '"a b" ""', wire: '0361206200', source: 'RFC 1035, section 3.3.2' },
  { type: 'MINFO', text: 'Owner.example. errors.example.', wire: '054f776e6572076578616d706c6500066572726f7273076578616d706c6500', canonical: '056f776e6572076578616d706c6500066572726f7273076578616d706c6500', source: 'RFC 1035, section 3.3.7' },
  { type: 'MX', text: '10 VAXA.ISI.EDU.', wire: '000a0456415841034953490345445500', canonical: '000a0476617861036973690365647500', source: 'RFC 1035, section 5.3' },
  { type: 'MX', text: '0 .', wire: '000000', source: 'RFC 7505' },
  { type: 'TXT', text: 'v=spf1 -all', printed: '"v=spf1" "-all"', wire: '06763d73706631042d616c6c', source: 'RFC 1035, section 3.3.14' },
  { type: 'TXT', text: '"hello world" "" "a;b(c)"', wire: '0b68656c6c6f20776f726c640006613b62286329', source: 'RFC 1035, section 5.1' },
  { type: 'TXT', text: '"quote \\" backslash \\\\ octets \\000\\200\\255 tab \\009"', wire: '2471756f74652022206261636b736c617368205c206f63746574732000c8ff207461622009', source: 'RFC 1035, section 5.1' },
  { type: 'TXT', text: 'escaped\\ blank \\; \\( \\065', printed: '"escaped blank" ";" "(" "A"', wire: '0d6573636170656420626c616e6b013b01280141', source: 'RFC 1035, section 5.1' },
  { type: 'SPF', text: '"v=spf1 +mx a:colo.example.com/28 -all"', wire: '25763d73706631202b6d7820613a636f6c6f2e6578616d706c652e636f6d2f3238202d616c6c', source: 'RFC 7208' },
  { type: 'RP', text: 'Louie.trantor.umd.edu. LAM1.people.umd.edu.', wire: '054c6f756965077472616e746f7203756d640365647500044c414d310670656f706c6503756d640365647500', canonical: '056c6f756965077472616e746f7203756d640365647500046c616d310670656f706c6503756d640365647500', source: 'RFC 1183, section 2.3' },
  { type: 'AFSDB', text: '1 Bigbird.toaster.com.', wire: '0001074269676269726407746f617374657203636f6d00', canonical: '0001076269676269726407746f617374657203636f6d00', source: 'RFC 1183, section 1' },
  { type: 'RT', text: '10 NSFNET-GW.example.', wire: '000a094e53464e45542d4757076578616d706c6500', canonical: '000a096e73666e65742d6777076578616d706c6500', source: 'RFC 1183, section 3.3' },
  { type: 'SIG', text: 'A 5 3 86400 20030322173103 20030220173103 2642 Example.com. oJB1W6WNGv+ldvQ3WDG0MQ==', wire: '00010503000151803e7c9dd73e5510d70a52074578616d706c6503636f6d00a090755ba58d1affa576f4375831b431', canonical: '00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa576f4375831b431', source: 'RFC 2535' },
  { type: 'PX', text: '10 map822.example. mapx400.example.', wire: '000a066d6170383232076578616d706c6500076d617078343030076578616d706c6500', source: 'RFC 2163' },
  { type: 'AAAA', text: '4321:0:1:2:3:4:567:89ab', wire: '432100000001000200030004056789ab', source: 'RFC 1886, section 2.3' },
  { type: 'AAAA', text: '2001:DB8:0:0:8:800:200C:417A', printed: '2001:db8::8:800:200c:417a', wire: '20010db80000000000080800200c417a', source: 'RFC 4291, section 2.2' },
  { type: 'AAAA', text: '::ffff:129.144.52.38', wire: '00000000000000000000ffff81903426', source: 'RFC 5952, section 5' },
  { type: 'LOC', text: '42 21 54 N 71 06 18 W -24m 30m', printed: '42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m', wire: '0033161389172dd070be15f000988d20', source: 'RFC 1876, section 4' },
  { type: 'LOC', text: '42 21 43.952 N 71 5 6.344 W -24m 1m 200m', printed: '42 21 43.952 N 71 5 6.344 W -24.00m 1m 200m 10m', wire: '001224138917069070bf2dd800988d20', source: 'RFC 1876, section 4' },
  { type: 'LOC', text: '52 14 05 N 00 08 50 E 10m', printed: '52 14 5.000 N 0 8 50.000 E 10.00m 1m 10000m 10m', wire: '001216138b3556c88008165000989a68', source: 'RFC 1876, section 4' },
  { type: 'LOC', text: '32 7 19 S 116 2 25 E 10m', printed: '32 7 19.000 S 116 2 25.000 E 10.00m 1m 10000m 10m', wire: '00121613791b7d2898e6486800989a68', source: 'RFC 1876, section 4' },
  { type: 'LOC', text: '42 21 28.764 N 71 00 51.617 W -44m 2000m', printed: '42 21 28.764 N 71 0 51.617 W -44.00m 2000m 10000m 10m', wire: '002516138916cb3c70c310df00988550', source: 'RFC 1876, section 4' },
  { type: 'LOC', text: '90 N 180 W -100000m 90000000m 0m 0.05m', printed: '90 0 0.000 N 180 0 0.000 W -100000.00m 90000000m 0m 0.05m', wire: '00990050934fd90059604e0000000000', source: 'RFC 1876, section 2' },
  { type: 'SRV', text: '1 2 9 Server.example.com.', wire: '00010002000906536572766572076578616d706c6503636f6d00', canonical: '00010002000906736572766572076578616d706c6503636f6d00', source: 'RFC 2782' },
  { type: 'SRV', text: '0 0 0 .', wire: '00000000000000', source: 'RFC 2782' },
  { type: 'NAPTR', text: '100 50 "s" "http+I2L+I2C+I2R" "" _http._tcp.gatech.edu.', wire: '00640032017310687474702b49324c2b4932432b49325200055f68747470045f746370066761746563680365647500', source: 'RFC 2915, section 7.1' },
  { type: 'NAPTR', text: '100 10 "u" "sip+E2U" "!^.*$!sip:info@Example.com!i" .', wire: '0064000a0175077369702b4532551c215e2e2a24217369703a696e666f404578616d706c652e636f6d216900', source: 'RFC 2916' },
  { type: 'KX', text: '10 Kx-host.example.', wire: '000a074b782d686f7374076578616d706c6500', canonical: '000a076b782d686f7374076578616d706c6500', source: 'RFC 2230' },
  { type: 'CERT', text: '1 0 0 AQIDBA==', printed: 'PKIX 0 0 AQIDBA==', wire: '000100000001020304', source: 'RFC 4398' },
  { type: 'CERT', text: 'PGP 65535 RSASHA256 AQ==', printed: 'PGP 65535 8 AQ==', wire: '0003ffff0801', source: 'RFC 4398' },
  { type: 'DNAME', text: 'Frobozz-division.acme.example.', wire: '1046726f626f7a7a2d6469766973696f6e0461636d65076578616d706c6500', canonical: '1066726f626f7a7a2d6469766973696f6e0461636d65076578616d706c6500', source: 'RFC 6672' },
  { type: 'DS', text: '60485 5 1 ( 2BB183AF5F22588179A53B0A 98631FAD1A292118 )', printed: '60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118', wire: 'ec4505012bb183af5f22588179a53b0a98631fad1a292118', source: 'RFC 4034, section 5.4' },
  { type: 'DS', text: '60485 RSASHA1 1 2bb183af5f22588179a53b0a98631fad1a292118', printed: '60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118', wire: 'ec4505012bb183af5f22588179a53b0a98631fad1a292118', source: 'RFC 4034, section 5.3' },
  { type: 'SSHFP', text: '2 1 123456789abcdef67890123456789abcdef67890', printed: '2 1 123456789ABCDEF67890123456789ABCDEF67890', wire: '0201123456789abcdef67890123456789abcdef67890', source: 'RFC 4255, section 3.2' },
  { type: 'RRSIG', text: 'A 5 3 86400 20030322173103 ( 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTr PYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6o B9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3t GNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkG J5D6fwFm8nN+6pBzeDQfsS3Ap3o= )', printed: 'A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=', wire: '00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa576f4375831b4310920e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d50875f70c329d7dbfafea807dc1fba1dc34c95d401f23f334ce63bfcf3f1b5b44739e5f0eded18d6b33f040a911376d173d757a9f0c1fa1798941bb0b36b2df9062790fa7f0166f2737eea907378341fb12dc0a77a', source: 'RFC 4034, section 3.3' },
  { type: 'RRSIG', text: 'TYPE1234 ED25519 3 86400 1048354263 1045762263 2642 Example.com. AAAA', printed: 'TYPE1234 15 3 86400 20030322173103 20030220173103 2642 Example.com. AAAA', wire: '04d20f03000151803e7c9dd73e5510d70a52074578616d706c6503636f6d00000000', canonical: '04d20f03000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00000000', source: 'RFC 4034, section 3.2' },
  { type: 'NSEC', text: 'host.example.com. ( A MX RRSIG NSEC TYPE1234 )', printed: 'host.example.com. A MX RRSIG NSEC TYPE1234', wire: '04686f7374076578616d706c6503636f6d000006400100000003041b000000000000000000000000000000000000000000000000000020', source: 'RFC 4034, section 4.3' },
  { type: 'NSEC', text: 'Host.example.com. NSEC A URI', printed: 'Host.example.com. A NSEC URI', wire: '04486f7374076578616d706c6503636f6d000006400000000001010180', source: 'RFC 6840, section 5.1' },
  { type: 'DNSKEY', text: '256 3 5 ( AQPSKmynfzW4kyBv015MUG2DeIQ3 Cbl+BBZH4b/0PY1kxkmvHjcZc8no kfzj31GajIQKY+5CptLr3buXA10h WqTkF7H6RfoRqXQeogmMHfpftf6z Mv1LyBUgia7za6ZEzOJBOztyvhjL 742iU/TpPSEDhm2SNKLijfUppn1U aNvv4w==  )', printed: '256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8nokfzj31GajIQKY+5CptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhjL742iU/TpPSEDhm2SNKLijfUppn1UaNvv4w==', wire: '010003050103d22a6ca77f35b893206fd35e4c506d8378843709b97e041647e1bff43d8d64c649af1e371973c9e891fce3df519a8c840a63ee42a6d2ebddbb97035d215aa4e417b1fa45fa11a9741ea2098c1dfa5fb5feb332fd4bc8152089aef36ba644cce2413b3b72be18cbef8da253f4e93d2103866d9234a2e28df529a67d5468dbefe3', source: 'RFC 4034, section 2.3' },
  { type: 'DHCID', text: 'AAIBY2/AuCccgoJbsaxcQc9TUapptP69l OjxfNuVAA2kjEA=', printed: 'AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=', wire: '000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40', source: 'RFC 4701, section 3.6.1' },
  { type: 'NSEC3', text: '1 1 12 aabbccdd ( 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG )', printed: '1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM', wire: '0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b000722010000000290', source: 'RFC 5155, appendix A' },
  { type: 'NSEC3', text: '1 0 0 - 0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM', wire: '010000000014065368abeed7ec6e9feba96b8c8bc3e8b791f716', source: 'RFC 5155, section 3.3' },
  { type: 'NSEC3PARAM', text: '1 0 12 aabbccdd', printed: '1 0 12 AABBCCDD', wire: '0100000c04aabbccdd', source: 'RFC 5155, appendix A' },
  { type: 'NSEC3PARAM', text: '1 0 0 -', wire: '0100000000', source: 'RFC 5155, section 4.3' },
  { type: 'TLSA', text: '0 0 1 ( d2abde240d7cd3ee6b4b28c54df034b9 7983a1d16e8a410e4561cb106618e971 )', printed: '0 0 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971', wire: '000001d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971', source: 'RFC 6698, section 2.3' },
  { type: 'SMIMEA', text: '3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971', printed: '3 1 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971', wire: '030101d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971', source: 'RFC 8162' },
  { type: 'CDS', text: '0 0 0 00', wire: '0000000000', source: 'RFC 8078, section 4' },
  { type: 'CDNSKEY', text: '0 3 0 AA==', wire: '0000030000', source: 'RFC 8078, section 4' },
  { type: 'OPENPGPKEY', text: 'mQCNAzIG', wire: '99008d033206', source: 'RFC 7929' },
  { type: 'CSYNC', text: '66 3 A NS AAAA', wire: '000000420003000460000008', source: 'RFC 7477, section 2.1' },
  { type: 'CSYNC', text: '66 0', wire: '000000420000', source: 'RFC 7477, section 2.1' },
  { type: 'ZONEMD', text: '2018031500 1 1 ( FEBE3D4CE2EC2FFA4BA99D46CD69D6D2 9711E55217057BEE7EB1A7B641A47BA7 FED2DD5B97AE499FAFA4F22C6BD647DE )', printed: '2018031500 1 1 FEBE3D4CE2EC2FFA4BA99D46CD69D6D29711E55217057BEE7EB1A7B641A47BA7FED2DD5B97AE499FAFA4F22C6BD647DE', wire: '7848b78c0101febe3d4ce2ec2ffa4ba99d46cd69d6d29711e55217057bee7eb1a7b641a47ba7fed2dd5b97ae499fafa4f22c6bd647de', source: 'RFC 8976, section 2.3' },
  { type: 'SVCB', text: '0 foo.example.com.', wire: '000003666f6f076578616d706c6503636f6d00', source: 'RFC 9460, appendix D.1' },
  { type: 'HTTPS', text: '0 foo.example.com.', wire: '000003666f6f076578616d706c6503636f6d00', source: 'RFC 9460, appendix D.1' },
  { type: 'SVCB', text: '1 .', wire: '000100', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '16 foo.example.com. port=53', wire: '001003666f6f076578616d706c6503636f6d00000300020035', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '1 foo.example.com. key667=hello', printed: '1 foo.example.com. key667="hello"', wire: '000103666f6f076578616d706c6503636f6d00029b000568656c6c6f', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '1 foo.example.com. key667="hello\\210qoo"', wire: '000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '1 foo.example.com. ipv6hint="2001:db8::1,2001:db8::53:1"', printed: '1 foo.example.com. ipv6hint=2001:db8::1,2001:db8::53:1', wire: '000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db8000000000000000000530001', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '1 example.com. ipv6hint="2001:db8:122:344::192.0.2.33"', printed: '1 example.com. ipv6hint=2001:db8:122:344::c000:221', wire: '0001076578616d706c6503636f6d000006001020010db80122034400000000c0000221', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )', printed: '16 foo.example.org. mandatory=alpn,ipv4hint alpn="h2,h3-19" ipv4hint=192.0.2.1', wire: '001003666f6f076578616d706c65036f7267000000000400010004000100090268320568332d313900040004c0000201', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"', wire: '001003666f6f076578616d706c65036f7267000001000c08665c6f6f2c626172026832', source: 'RFC 9460, appendix D.2' },
  { type: 'SVCB', text: '16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2', printed: '16 foo.example.org. alpn="f\\\\\\\\oo\\\\,bar,h2"', wire: '001003666f6f076578616d706c65036f7267000001000c08665c6f6f2c626172026832', source: 'RFC 9460, appendix D.2' },
  { type: 'HTTPS', text: '1 Svc.example. alpn=h3 no-default-alpn ech="AEX+DQBBPQ==" port="8443"', printed: '1 Svc.example. alpn="h3" no-default-alpn port=8443 ech=AEX+DQBBPQ==', wire: '000103537663076578616d706c650000010003026833000200000003000220fb000500070045fe0d00413d', source: 'RFC 9460, section 7' },
  { type: 'HTTPS', text: '1 . key1=\\002h2 key3=\\001\\187', printed: '1 . alpn="h2" port=443', wire: '000100000100030268320003000201bb', source: 'RFC 9460, section 2.1' },
  { type: 'SVCB', text: '1 dns.example. alpn=h2 key7="/dns-query{?dns}"', printed: '1 dns.example. alpn="h2" dohpath="/dns-query{?dns}"', wire: '000103646e73076578616d706c650000010003026832000700102f646e732d71756572797b3f646e737d', source: 'RFC 9461, section 5' },
  { type: 'URI', text: '10 1 "ftp://ftp1.example.com/public"', wire: '000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963', source: 'RFC 7553, section 4.6' },
  { type: 'CAA', text: '0 issue "ca1.example.net"', wire: '000569737375656361312e6578616d706c652e6e6574', source: 'RFC 8659, section 4' },
  { type: 'CAA', text: '0 issue "ca1.example.net; account=230123"', wire: '000569737375656361312e6578616d706c652e6e65743b206163636f756e743d323330313233', source: 'RFC 8659, section 4.2' },
  { type: 'CAA', text: '128 tbs "Unknown"', wire: '8003746273556e6b6e6f776e', source: 'RFC 8659, section 4.5' },
  { type: 'CAA', text: '0 issue ";"', wire: '000569737375653b', source: 'RFC 8659, section 4.2' },
  { type: 'CAA', text: '0 iodef ""', wire: '0005696f646566', source: 'RFC 8659, section 4.1' },
  { type: 'TYPE62347', text: '\\# 0', wire: '', source: 'RFC 3597, section 5' },
  { type: 'TYPE731', text: '\\# 6 abcd ( ef 01 23 45 )', printed: '\\# 6 ABCDEF012345', wire: 'abcdef012345', source: 'RFC 3597, section 5' },
  { type: 'TSIG', text: 'HMAC-SHA256. 1700000000 300 4 AQIDBA== 1234 NOERROR 0', wire: '0b484d41432d5348413235360000006553f100012c00040102030404d200000000', source: 'RFC 8945, section 4.2' },
  { type: 'TSIG', text: 'hmac-sha256. 1700000000 300 0 1234 BADTIME 6 AAAAAAAB', wire: '0b686d61632d7368613235360000006553f100012c000004d200120006000000000001', source: 'RFC 8945, section 5.2.3' },
  { type: 'OPT', text: '\\# 6 000300026E73', wire: '000300026e73', source: 'RFC 6891, section 6.1.2' },
];
