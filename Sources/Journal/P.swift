import CSystemd

package func jv() -> Int32 { var id = sd_id128_t(); return sd_id128_get_machine(&id) }
